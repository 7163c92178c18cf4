from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from rattler import LockFile as RattlerLockFile

from tests.unit.lock.samples import CHANNEL, LINUX, conda, lock_of, wheel
from tests.unit.lock.strategies import lock_files
from wisp.layout import DEFAULT_INDEX
from wisp.lock.aliases import names_on_load, rich_names
from wisp.lock.model import EnvironmentRow, LockFile, LockPlatform
from wisp.lock.read import read
from wisp.lock.write import write
from wisp.platforms import Platform, VirtualPackage, bare
from wisp.specs.records import CondaRecord, CondaSourceRecord, RunExports

CASES = Path(__file__).parents[2] / "cases" / "lock"

SMALL = f"""\
version: 7
platforms:
- name: linux-64
  virtual-packages:
  - __unix=0=0
  - __linux=4.18
  - __glibc=2.28
  - __archspec=0=x86_64
environments:
  default:
    channels:
    - url: {CHANNEL}/
    indexes:
    - {DEFAULT_INDEX}
    packages:
      linux-64:
      - conda: {CHANNEL}/linux-64/zlib-1.0-0.conda
      - pypi: https://files.example.org/attrs-2.0-py3-none-any.whl
packages:
- conda: {CHANNEL}/linux-64/zlib-1.0-0.conda
  depends:
  - libc >=2
  purls: []
  run_exports: {{}}
- pypi: https://files.example.org/attrs-2.0-py3-none-any.whl
  name: attrs
  version: '2.0'
  sha256: {"ab" * 32}
  requires_dist:
  - extra ; extra == 'x'
"""


def given_back_by_rattler(text: str, folder: Path) -> str:
    """The oracle: what rattler makes of a lock that it reads."""
    before, after = folder / "before.lock", folder / "after.lock"
    before.write_text(text, encoding="utf-8")
    RattlerLockFile.from_path(before).to_path(after)
    return after.read_text(encoding="utf-8")


def test_a_lock_is_written_without_what_can_be_derived(tmp_path: Path) -> None:
    records = (conda("zlib", "1.0", "0", "libc >=2"), wheel("attrs", "2.0", "extra ; extra == 'x'"))
    text = write(lock_of(*records, indexes=(DEFAULT_INDEX,)))
    assert text == SMALL
    assert given_back_by_rattler(text, tmp_path) == text


def test_reading_gives_back_what_was_written() -> None:
    lock = read(SMALL, "pixi.lock")
    assert write(lock) == SMALL
    zlib = lock.environments["default"].packages["linux-64"][0]
    assert isinstance(zlib, CondaRecord)
    assert (zlib.name, zlib.version, zlib.build, zlib.subdir) == ("zlib", "1.0", "0", "linux-64")
    assert zlib.channel == CHANNEL


@pytest.mark.parametrize("case", sorted(CASES.glob("v7-*.lock")), ids=lambda path: path.stem)
def test_version_7_is_kept_byte_for_byte(case: Path, tmp_path: Path) -> None:
    text = case.read_text(encoding="utf-8")
    assert write(read(text, case.name)) == text
    assert given_back_by_rattler(text, tmp_path) == text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lock=lock_files())
def test_what_is_written_is_read_back_equal(lock: LockFile) -> None:
    text = write(lock)
    again = read(text, "pixi.lock")
    assert again == lock
    assert write(again) == text


def test_a_package_in_two_environments_is_written_once_with_all_that_is_known() -> None:
    bare_record = dataclasses.replace(conda("zlib"), purls=None, run_exports=None, md5=None)
    full = dataclasses.replace(conda("zlib"), purls=("pkg:pypi/zlib",), md5="0" * 32)
    one = lock_of(bare_record)
    two = dataclasses.replace(
        one.environments["default"], name="two", packages={"linux-64": (full,)}
    )
    lock = dataclasses.replace(one, environments={**one.environments, "two": two})
    (record,) = read(write(lock), "x").environments["default"].packages["linux-64"]
    assert record == dataclasses.replace(full, run_exports=RunExports())


def test_an_empty_lock_has_empty_collections(tmp_path: Path) -> None:
    text = write(lock_of())
    assert "    packages: {}\npackages: []\n" in text
    assert given_back_by_rattler(text, tmp_path) == text


def test_sources_bring_along_what_they_are_built_with() -> None:
    tool = conda("tool")
    source = CondaSourceRecord(
        identifier="pkg[01234567] @ .",
        name="pkg",
        hash="01234567",
        location=".",
        build_packages=(("conda", tool.location),),
        raw={"license": "MIT"},
    )
    lock = dataclasses.replace(lock_of(source), build_records={("conda", tool.location): tool})
    text = write(lock)
    assert f"- conda: {tool.location}\n  purls" in text
    assert read(text, "x").build_records == lock.build_records
    assert write(read(text, "x")) == text


CUDA = Platform("gpu", "linux-64", (VirtualPackage("__cuda", "12"),))


def rich_lock(name: str) -> LockFile:
    row = LockPlatform(name, "linux-64", tuple(map(str, CUDA.virtual_packages())))
    environment = EnvironmentRow(name="default", packages={name: (conda("zlib"),)})
    return LockFile(platforms=(row,), environments={"default": environment})


def test_rich_platforms_are_written_under_an_alias_and_named_again_on_load() -> None:
    platforms = (bare("linux-64"), CUDA)
    text = write(rich_lock("gpu"), rich_names(platforms))
    assert "- name: p1\n  subdir: linux-64\n" in text
    assert "      p1:\n" in text
    assert read(text, "x", platforms) == rich_lock("gpu")


def test_a_platform_that_was_renamed_in_the_manifest_is_the_same_platform() -> None:
    text = write(rich_lock("gpu"), ["gpu"])
    renamed = dataclasses.replace(CUDA, name="workstation")
    assert read(text, "x", (renamed,)) == rich_lock("workstation")


def test_a_name_that_the_manifest_knows_is_never_taken_for_an_alias() -> None:
    rows = (LockPlatform("p1", "linux-64", ("__cuda=12",)),)
    assert names_on_load(rows, (CUDA, bare("p1"))) == {}


def test_an_ambiguous_platform_keeps_its_alias() -> None:
    rows = (LockPlatform("p1", "linux-64", ("__cuda=12",)),)
    twin = dataclasses.replace(CUDA, name="twin")
    assert names_on_load(rows, (CUDA, twin)) == {}


def test_bare_rows_stay_bare() -> None:
    lock = dataclasses.replace(lock_of(), platforms=(LockPlatform("linux-64", "linux-64"),))
    text = write(lock)
    assert "platforms:\n- name: linux-64\nenvironments:" in text
    assert read(text, "x").platforms == lock.platforms
    assert LINUX not in read(text, "x").platforms
