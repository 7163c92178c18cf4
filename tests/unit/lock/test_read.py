from __future__ import annotations

from pathlib import Path

import pytest
from rattler import CondaLockedPackage, LockedPackage, PypiLockedPackage
from rattler import LockFile as RattlerLockFile

from wisp.errors import LockFileError, Place
from wisp.lock.entries import NO_VERSION
from wisp.lock.failures import NewerLockFileError
from wisp.lock.model import LockFile
from wisp.lock.read import read
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord, Record

CASES = Path(__file__).parents[2] / "cases" / "lock"


def case(name: str) -> LockFile:
    return read((CASES / name).read_text(encoding="utf-8"), name)


def seen(record: Record) -> tuple[str, str, str | None]:
    return record.name, record.location, record.version


def seen_by_rattler(package: LockedPackage) -> tuple[str, str, str | None]:
    assert isinstance(package, CondaLockedPackage | PypiLockedPackage)
    is_folder = package.location.startswith(".") and isinstance(package, PypiLockedPackage)
    return package.name, package.location, None if is_folder else str(package.version)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.lock")), ids=lambda path: path.stem)
def test_every_version_is_read_as_rattler_reads_it(path: Path) -> None:
    if path.stem == "v7-sources":
        pytest.skip("rattler tells nothing of records without a version")
    lock = case(path.name)
    theirs = RattlerLockFile.from_path(path)
    for name, environment in theirs.environments():
        for platform in environment.platforms():
            wanted = sorted(seen_by_rattler(p) for p in environment.packages(platform) or ())
            ours = lock.environments[name].packages.get(str(platform.name), ())
            assert sorted(seen(record) for record in ours) == wanted


def test_version_6_chooses_among_records_of_one_location_by_their_subdir() -> None:
    packages = case("v6.lock").environments["default"].packages
    for platform in ("linux-64", "osx-arm64"):
        (source,) = [r for r in packages[platform] if isinstance(r, CondaSourceRecord)]
        assert (source.subdir, source.raw["build"]) == (platform, "hbf21a9e_0")


def test_seconds_become_milliseconds() -> None:
    python = case("v6.lock").environments["default"].packages["linux-64"][0]
    assert isinstance(python, CondaRecord)
    assert python.timestamp == 1_700_000_000_000


def test_folders_lose_the_version_that_old_locks_gave_them() -> None:
    for name in ("v4.lock", "v5.lock", "v6.lock"):
        packages = case(name).environments["default"].packages["linux-64"]
        project = next(record for record in packages if record.name == "project")
        assert isinstance(project, PypiRecord)
        assert (project.version, project.sha256) == (None, None)


def test_old_platforms_promise_the_defaults_of_their_subdir() -> None:
    (row,) = case("v3.lock").platforms
    assert row.virtual_packages is not None
    assert "__glibc=2.28" in row.virtual_packages


def test_a_file_without_a_version_is_an_old_one() -> None:
    text = (CASES / "v7-options-and-indexes.lock").read_text().replace("  version: 25.3.0\n", "")
    packages = read(text, "x").environments["default"].packages["linux-64"]
    assert packages[2].version == NO_VERSION


def test_a_newer_version_has_an_error_of_its_own() -> None:
    with pytest.raises(NewerLockFileError, match="version 8 is newer than supported") as caught:
        read("version: 8\nwhatever: 1\n", "pixi.lock")
    assert caught.value.version == 8


@pytest.mark.parametrize(
    ("old", "new", "detail", "line"),
    [
        ("version: 7", "kind: 7", "missing field `version`", 1),
        ("version: 7", "version: seven", "invalid version `seven`", 1),
        (
            "      - pypi: ./project\n",
            "      - ./project\n",
            "./project stands where a table is expected",
            36,
        ),
        (
            "      - pypi: ./project\n",
            "      - pypi: ./elsewhere\n",
            "environment default and platform linux-64 refers to a package that does not exist: "
            "./elsewhere",
            36,
        ),
        (
            "      p1:\n",
            "      p9:\n",
            "Environment `default` is using an unknown platform `p9`",
            38,
        ),
        ("- name: p1\n  subdir: linux-64", "- name: linux-64", "duplicate platform `linux-64`", 9),
        ("  name: project\n", "", "the package `./project` lacks its name", 77),
        ("- pypi: ./project\n  name", "- rpm: ./project\n  name", "an entry of `packages`", 77),
    ],
)
def test_contradictions_are_damage(old: str, new: str, detail: str, line: int) -> None:
    text = (CASES / "v7-options-and-indexes.lock").read_text(encoding="utf-8")
    with pytest.raises(LockFileError, match="Failed to load lock file") as caught:
        read(text.replace(old, new, 1), "pixi.lock")
    assert detail in str(caught.value.causes[0])
    assert caught.value.place is not None
    assert caught.value.place.line == line


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("  depends:\n  - [1]", "[1] stands where a text is expected"),
        ("  depends: lib", "lib stands where a list of texts is expected"),
        ("  constrains:\n  - true", "True stands where a text is expected"),
        ("  sha256: deadbee", "stands where a hash is expected"),
        ("  md5: 12", "stands where a hash is expected"),
        ("  size: much", "stands where a number is expected"),
        ("  subdir: []", "stands where a text is expected"),
        ("  license: {a: b}", "stands where a text is expected"),
        ("  build: 1", "1 stands where a text is expected"),
        ("  build_number: true", "True stands where a number is expected"),
        ("  size: -1", "-1 stands where a number is expected"),
        ("  timestamp: 9999999999999999999", "stands where a number is expected"),
        ("  noarch: 1", "1 stands where `python` or `generic` is expected"),
        ("  channel: [a]", "stands where a text is expected"),
        ("  track_features:\n  - 1", "1 stands where a text is expected"),
        ("  constrains: ''", "nothing stands where a list of texts is expected"),
        ("  run_exports:\n    never: []", "`never` is no kind of `run_exports`"),
    ],
)
def test_entries_of_the_wrong_shape_are_told_with_their_place(line: str, detail: str) -> None:
    entry = "- conda: https://example.org/noarch/pkg-1.0-0.conda\n"
    with pytest.raises(LockFileError) as caught:
        read(f"version: 7\nenvironments: {{}}\npackages:\n{entry}{line}\n", "pixi.lock")
    assert detail in str(caught.value.causes[0])
    assert caught.value.place is not None
    below = line.count("\n")
    column = 3 if not below else 5
    assert (caught.value.place.line, caught.value.place.column) == (5 + below, column)


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("  source: here", "here stands where a table is expected"),
        ("  source_depends: [a]", "stands where a table is expected"),
        ("  extra_depends:\n    test: pytest", "stands where a list of texts is expected"),
        ("  source:\n    url: [a]", "stands where a text is expected"),
        ("  build: [a]", "stands where a text is expected"),
        ("  variants:\n    a: [b]", "stands where a text, a number or a truth is expected"),
        ("  build_packages:\n  - conda: 1", "stands where the kind and the location"),
        ("  build_packages: ''", "nothing stands where a list is expected"),
        ("  build_number: first", "stands where a number is expected"),
    ],
)
def test_entries_of_sources_have_the_shape_that_their_type_promises(line: str, detail: str) -> None:
    entry = "- conda_source: pkg[01234567] @ .\n"
    with pytest.raises(LockFileError) as caught:
        read(f"version: 7\nenvironments: {{}}\npackages:\n{entry}{line}\n", "pixi.lock")
    assert detail in str(caught.value.causes[0])


def test_a_requirement_of_the_oldest_locks_is_told_with_its_place() -> None:
    text = (CASES / "complete" / "v3.lock").read_text()
    old = "  dependencies:\n  - libc >=2\n"
    spoiled = text.replace(old, "  dependencies:\n    libc: [a]\n", 1)
    with pytest.raises(LockFileError, match="Failed to load lock file") as caught:
        read(spoiled, "pixi.lock")
    line = spoiled.split("\n").index("    libc: [a]") + 1
    assert (caught.value.place.line, caught.value.place.column) == (line, 5)  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "version: 7\npackages: 3\n"])
def test_what_is_no_lock_is_refused(text: str) -> None:
    with pytest.raises(LockFileError, match="Failed to load lock file"):
        read(text, "pixi.lock")


def test_a_damaged_lock_tells_what_to_do_and_an_empty_one_that_it_is() -> None:
    with pytest.raises(LockFileError) as failure:
        read("\n", "pixi.lock")
    assert failure.value.causes == ("it is empty",)
    assert "run `pixi lock`" in failure.value.hints[0]


def test_what_no_reader_foresaw_is_told_without_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("wisp.lock.modern.body", fail)
    with pytest.raises(LockFileError) as failure:
        read("version: 7\n", "pixi.lock")
    assert failure.value.causes == ("it cannot be read (odd)",)
    assert str(failure.value.place) == str(Place("pixi.lock"))
