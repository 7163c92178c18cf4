"""Names, selectors and spelling of platforms."""

from __future__ import annotations

import pytest

from wisp.platforms import (
    Platform,
    VirtualPackage,
    amd_packages,
    amd_target,
    bare,
    customised,
    derived_name,
    provides,
    select_platform,
    selects,
    shown,
)


def packages(*texts: str) -> tuple[VirtualPackage, ...]:
    return tuple(map(VirtualPackage.parse, texts))


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ((), "linux-64"),
        (("__glibc=2.28",), "linux-64"),
        (("__linux=6.1", "__cuda=12.0"), "linux-64-cuda-12-0-linux-6-1"),
        (("__archspec=0=x86_64_v3",), "linux-64-archspec-x86-64-v3"),
        (("__odd=1.0=b_2",), "linux-64-odd-1-0-b-2"),
    ],
)
def test_derived_name_lists_what_differs(declared: tuple[str, ...], name: str) -> None:
    assert derived_name("linux-64", packages(*declared)) == name


def test_only_what_differs_from_the_subdir_is_customised() -> None:
    platform = Platform("p", "osx-64", packages("__osx=13.0", "__cuda=12"))
    assert customised(platform) == packages("__cuda=12")


def test_listings_show_driver_and_architecture_together() -> None:
    both = packages("__cuda=12.0", "__cuda_arch=8.6=0", "__linux=6.1")
    assert shown(both)[0] == 'cuda = { driver = "12.0", arch = "8.6" }'
    assert shown(both[1:2]) == ["__cuda_arch=8.6=0"]


def test_listings_show_an_amd_gpu_and_its_architecture_together() -> None:
    both = packages("__amdgpu=0=0", "__amdgpu_arch=9.0.10=0", "__linux=6.1")
    assert shown(both) == ['amdgpu = "gfx90a"', "linux=6.1"]
    assert shown(both[:1]) == ["amdgpu"]


@pytest.mark.parametrize(
    ("target", "version"),
    [("gfx90a", "9.0.10"), ("gfx1151", "11.5.1"), ("gfx1201", "12.0.1"), ("gfx908", "9.0.8")],
)
def test_architectures_of_amd_have_versions(target: str, version: str) -> None:
    found = amd_packages(target)
    assert found == packages("__amdgpu=0=0", f"__amdgpu_arch={version}")
    assert amd_target(version) == target


@pytest.mark.parametrize("target", ["gfx", "gfx9", "9.0.10", "GFX90A", "gfx90g", "", "gfx090a"])
def test_what_is_no_architecture_of_amd_is_told_apart(target: str) -> None:
    assert amd_packages(target) is None


@pytest.mark.parametrize("version", ["9.0", "9.0.16", "9.0.10.1", "a.0.1"])
def test_versions_that_no_architecture_has_have_no_name(version: str) -> None:
    assert amd_target(version) is None


def test_riscv_promises_a_newer_c_library() -> None:
    found = {one.name: one.version for one in bare("linux-riscv64").virtual_packages()}
    assert found["__glibc"] == "2.39"
    assert VirtualPackage("__glibc", "2.28") in bare("linux-aarch64").virtual_packages()


def test_packages_are_shown_short_names_first() -> None:
    spelled = shown(packages("__unix=0=0", "__linux=6.1", "__cuda=12", "__archspec=1=zen3"))
    assert spelled == ["cuda=12", "linux=6.1", "__archspec=1=zen3", "__unix"]


@pytest.mark.parametrize(
    ("selector", "matching"),
    [
        ("linux", {"linux-64", "gpu"}),
        ("unix", {"linux-64", "gpu", "osx-arm64", "emscripten-wasm32"}),
        ("osx", {"osx-arm64"}),
        ("macos", {"osx-arm64"}),
        ("win", {"win-64"}),
        ("linux-64", {"linux-64", "gpu"}),
        ("gpu", {"gpu"}),
        ("g*", {"gpu"}),
        ("*-64", {"linux-64", "win-64"}),
        ("[g]pu", set()),
    ],
)
def test_selector_means_family_subdir_name_or_pattern(selector: str, matching: set[str]) -> None:
    platforms = [
        *map(bare, ("linux-64", "osx-arm64", "win-64", "emscripten-wasm32")),
        Platform("gpu", "linux-64", packages("__cuda=12")),
    ]
    assert {platform.name for platform in platforms if selects(selector, platform)} == matching


@pytest.mark.parametrize(
    ("have", "want", "enough"),
    [
        (("__cuda=12.4",), ("__cuda=12",), True),
        (("__cuda=12",), ("__cuda=12.0",), True),
        (("__cuda=9.2",), ("__cuda=12",), False),
        ((), ("__cuda=12",), False),
        (("__amdgpu=0=0", "__amdgpu_arch=9.0.10=0"), ("__amdgpu_arch=9.0.10",), True),
        (("__amdgpu=0=0", "__amdgpu_arch=11.0.0=0"), ("__amdgpu_arch=9.0.10",), False),
        (("__cuda=12", "__glibc=2.36"), ("__cuda=11", "__glibc=2.40"), False),
    ],
)
def test_machine_provides_higher_versions(
    have: tuple[str, ...], want: tuple[str, ...], enough: bool
) -> None:
    assert provides(packages(*have), packages(*want)) is enough


@pytest.mark.parametrize(
    ("host", "names", "expected"),
    [
        ("osx-arm64", ("osx-64",), "osx-64"),
        ("win-arm64", ("win-32", "win-64"), "win-64"),
        ("win-64", ("win-32",), "win-32"),
        ("linux-64", ("emscripten-wasm32",), "emscripten-wasm32"),
        ("linux-64", ("emscripten-wasm32", "osx-64"), None),
    ],
)
def test_emulated_subdirs_are_candidates_too(
    host: str, names: tuple[str, ...], expected: str | None
) -> None:
    found = select_platform(tuple(map(bare, names)), host, ())
    assert (found and found.name) == expected
