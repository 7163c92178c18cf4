"""What packages give, and whether they are what is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.engine.prefix import Installed
from wisp.manifest.words import conda_word, pypi_word
from wisp.specs.records import CondaRecord
from wisp.toolbox.contents import by_name, conda_requirements, executables, holds, holds_pypi
from wisp.toolbox.manifest import ToolEnvironment
from wisp.values import replace

URL = "https://c.org/main"


def record(
    name: str,
    version: str = "1.0",
    *depends: str,
    subdir: str = "linux-64",
) -> CondaRecord:
    return CondaRecord(
        location=f"{URL}/{name}",
        name=name,
        version=version,
        build="0",
        build_number=0,
        subdir=subdir,
        channel=URL,
        depends=depends,
    )


def judged(asked: str, *records: CondaRecord, urls: tuple[str, ...] = (URL + "/",)) -> bool:
    wanted = ToolEnvironment(name="e", dependencies=tuple(map(conda_word, asked.split())))
    return holds(wanted, records, "linux-64", urls)


def test_executables_are_what_can_be_run_in_the_folders_of_path() -> None:
    files = ("bin/b", "bin/data.txt", "bin/a", "bin/deep/x", "lib/c", "share/bin/d")
    package = Installed(record("x"), files)
    found = executables(package, frozenset(files) - {"bin/data.txt"}, windows=False)
    assert [one.name for one in found] == ["b", "a"]


@pytest.mark.parametrize("event", ["pre-link", "post-link", "pre-unlink", "post-unlink"])
def test_what_installers_run_is_no_command(event: str) -> None:
    files = (f"bin/.x-{event}.sh", f"Scripts/.x-{event}.bat", f"bin/{event}.sh", "bin/.hidden")
    package = Installed(record("x"), files)
    found = executables(package, frozenset(files), windows=False)
    assert [one.name for one in found] == [f"{event}.sh", ".hidden"]
    assert executables(package, frozenset(files[:2]), windows=True) == ()


def test_windows_has_more_folders_and_endings() -> None:
    files = ("Library/bin/x.exe", "Scripts/y.BAT", "z.exe", "bin/t", "Lib/n.exe")
    found = executables(Installed(record("x"), files), frozenset(files), windows=True)
    assert [one.name for one in found] == ["x", "y", "z", "t"]
    assert by_name(found)["x"].path == "Library/bin/x.exe"


def test_packages_hold_when_all_that_is_asked_for_is_there() -> None:
    assert judged("a>=1 b", record("a", "1.0", "c"), record("b"), record("c"))
    assert judged("a", record("a", subdir="noarch"))
    assert judged("")


def test_packages_do_not_hold_when_something_is_missing_or_another_version() -> None:
    assert not judged("a b", record("a"))
    assert not judged("a>=2", record("a"))
    assert not judged("a[build='x*']", record("a"))


def test_packages_do_not_hold_with_more_than_is_needed() -> None:
    assert not judged("a", record("a"), record("left-over"))


def test_what_an_extra_brings_is_needed_too() -> None:
    rich = replace(record("a"), extra_depends={"x": ("b >=1",)})
    assert judged("a[extras=[x]]", rich, record("b"))
    assert not judged("a", rich, record("b"))


def test_packages_do_not_hold_from_elsewhere_or_for_another_machine() -> None:
    assert not judged("a", record("a"), urls=("https://c.org/other/",))
    assert not judged("a", record("a", subdir="osx-64"))


@pytest.mark.parametrize(
    ("version", "holds_it"),
    [("1.5", True), ("2.0", False), ("2.0rc1", False), ("1.9rc1", True), (None, False)],
)
def test_versions_of_pypi_are_judged_by_specifiers(version: str | None, holds_it: bool) -> None:
    wanted = pypi_word("My_Tool>=1,<2.0.dev0", Path())
    versions = {} if version is None else {"my-tool": version}
    assert holds_pypi([wanted], versions) is holds_it
    assert holds_pypi([pypi_word("my-tool", Path())], versions) is (version is not None)


def test_wheels_bring_a_python_unless_one_is_named() -> None:
    wheels = (pypi_word("tell", Path()),)
    names = [one.name for one in conda_requirements(ToolEnvironment(name="e", pypi=wheels))]
    assert names == ["python"]
    own = ToolEnvironment(name="e", pypi=wheels, dependencies=(conda_word("python=3.12"),))
    assert conda_requirements(own) == own.dependencies
    assert conda_requirements(ToolEnvironment(name="e")) == ()
