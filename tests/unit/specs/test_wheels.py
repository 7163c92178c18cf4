from __future__ import annotations

import time

import pytest
from packaging.tags import Tag

from wisp.platforms import Platform, VirtualPackage, bare
from wisp.specs.wheels import best_wheel, platform_libc, supported_tags, wheel_rank

NAMES = {
    "linux-64": "demo-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "linux-64 newer": "demo-1-cp312-cp312-manylinux_2_28_x86_64.whl",
    "linux-64 too new": "demo-1-cp312-cp312-manylinux_2_34_x86_64.whl",
    "linux-aarch64": "demo-1-cp312-cp312-manylinux2014_aarch64.whl",
    "linux-64 musl": "demo-1-cp312-cp312-musllinux_1_2_x86_64.whl",
    "osx-arm64": "demo-1-cp312-cp312-macosx_11_0_arm64.whl",
    "osx-arm64 too new": "demo-1-cp312-cp312-macosx_14_0_arm64.whl",
    "osx universal": "demo-1-cp312-cp312-macosx_10_9_universal2.whl",
    "win-64": "demo-1-cp312-cp312-win_amd64.whl",
    "abi3": "demo-1-cp38-abi3-win_amd64.whl",
    "free-threaded": "demo-1-cp314-cp314t-win_amd64.whl",
    "pure": "demo-1-py3-none-any.whl",
    "pure build 2": "demo-1-2-py3-none-any.whl",
    "old python": "demo-1-cp311-cp311-win_amd64.whl",
}


def platform(subdir: str, *packages: str) -> Platform:
    return Platform(subdir, subdir, tuple(map(VirtualPackage.parse, packages)))


def pick(where: Platform, *labels: str, python: str = "3.12.4", abi: str | None = None) -> str:
    best = best_wheel((NAMES[label] for label in labels), supported_tags(where, python, abi))
    return next((label for label in labels if NAMES[label] == best), "none")


@pytest.mark.parametrize("subdir", ["linux-64", "linux-aarch64", "osx-arm64", "win-64"])
def test_every_platform_gets_its_own_wheel(subdir: str) -> None:
    assert pick(bare(subdir), "linux-64", "linux-aarch64", "osx-arm64", "win-64") == subdir


def test_the_newest_wheel_that_the_glibc_allows_is_taken() -> None:
    labels = ("linux-64", "linux-64 newer", "linux-64 too new")
    assert pick(bare("linux-64"), *labels) == "linux-64 newer"
    assert pick(platform("linux-64", "__glibc=2.17"), *labels) == "linux-64"
    assert pick(platform("linux-64", "__glibc=2.35"), *labels) == "linux-64 too new"


def test_musl_takes_no_glibc_wheels() -> None:
    musl = platform("linux-64", "__musl=1.2")
    assert platform_libc(musl).family == "musl"
    assert pick(musl, "linux-64", "linux-64 musl") == "linux-64 musl"
    assert pick(bare("linux-64"), "linux-64 musl") == "none"


def test_macos_wheels_need_the_promised_version() -> None:
    labels = ("osx-arm64 too new", "osx universal")
    assert pick(bare("osx-arm64"), *labels) == "osx universal"
    assert pick(platform("osx-arm64", "__osx=14.0"), *labels) == "osx-arm64 too new"
    assert pick(bare("osx-64"), *labels) == "osx universal"


def test_a_native_wheel_beats_a_stable_one_beats_a_pure_one() -> None:
    where = bare("win-64")
    assert pick(where, "pure", "abi3", "win-64") == "win-64"
    assert pick(where, "pure", "abi3") == "abi3"
    assert pick(where, "old python", "pure") == "pure"


def test_the_higher_build_number_wins() -> None:
    assert pick(bare("win-64"), "pure", "pure build 2") == "pure build 2"
    assert pick(bare("win-64"), "pure build 2", "pure") == "pure build 2"


def test_a_free_threaded_python_wants_its_own_abi() -> None:
    where = bare("win-64")
    assert pick(where, "free-threaded", python="3.14.0") == "none"
    assert pick(where, "free-threaded", python="3.14.0", abi="cp314t") == "free-threaded"


@pytest.mark.parametrize("number", ["9999999999999", "9" * 5000])
def test_versions_without_measure_take_no_time(number: str) -> None:
    before = time.process_time()
    for name, subdir in (("glibc", "linux-64"), ("musl", "linux-64"), ("osx", "osx-arm64")):
        there = platform(subdir, f"__{name}={number}.{number}")
        assert supported_tags(there, f"3.{number}")
    ranked = wheel_rank(f"x-1-{number}-py3-none-any.whl", supported_tags(bare("linux-64"), "3.12"))
    assert (ranked is None) == (len(number) > 4300)
    assert time.process_time() - before < 20


def test_names_that_are_no_wheels_fit_nowhere() -> None:
    tags = {Tag("py3", "none", "any"): 0}
    assert wheel_rank("demo-1.tar.gz", tags) is None
    assert wheel_rank("demo-1-py3-none-any.whl", tags) == (0, ())
