"""What `[package]` says, as values."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.package_model import (
    BuildBackend,
    BuildTable,
    PackageRequirement,
    PackageRequirements,
    PackageTable,
)
from wisp.manifest.read import load_text
from wisp.specs.locations import GitLocation, PathLocation

HEAD = """
[workspace]
name = "desk"
version = "0.3"
license = "MIT"
channels = []
preview = ["pixi-build"]
"""
BACKEND = BuildBackend(name="b")


def package(text: str, build: str = 'backend = { name = "b" }') -> PackageTable:
    manifest = load_text(f"{HEAD}[package.build]\n{build}\n{text}", Path("/x/pixi.toml"), "pixi")
    assert manifest.package is not None
    return manifest.package


def build(text: str) -> BuildTable:
    return package("", text).build


def test_a_package_needs_nothing_but_a_back_end() -> None:
    assert package("") == PackageTable(build=BuildTable(backend=BACKEND))


def test_metadata_may_come_from_the_workspace() -> None:
    found = package(
        "[package]\nname = 'till'\nversion = { workspace = true }\nauthors = ['A <a@b.c>']\n"
        "license = { workspace = true }\npublish = false\n"
    )
    assert (found.name, found.version, found.authors) == ("till", "0.3", ("A <a@b.c>",))
    assert (found.license, found.publish) == ("MIT", False)


def test_requirements_stay_as_written_by_their_kind() -> None:
    found = package(
        "[package.build-dependencies]\nCMake = '>=3'\n"
        "[package.host-dependencies]\npython = { version = '3.*', build = '*cp*' }\n"
        "[package.run-dependencies]\nlib = { path = '../lib' }\n"
        "[package.run-constraints]\nother = '<2'\n"
        "[package.extra-dependencies.test]\npytest = '*'\n"
        "[package.run-exports.weak]\nlib = '1.*'\n"
    )
    assert found.requirements == PackageRequirements(
        build=(PackageRequirement("cmake", ">=3"),),
        host=(PackageRequirement("python", {"version": "3.*", "build": "*cp*"}),),
        run=(PackageRequirement("lib", {"path": "../lib"}),),
        constraints=(PackageRequirement("other", "<2"),),
        extras={"test": (PackageRequirement("pytest", "*"),)},
        run_exports={"weak": (PackageRequirement("lib", "1.*"),)},
    )


def test_requirements_tell_the_conditions_around_them() -> None:
    found = package(
        "[package.run-dependencies]\na = '*'\n"
        "[package.run-dependencies.'if(unix)']\nb = '*'\n"
        "[package.run-dependencies.'if(unix)'.\"if(match(python, '>=3.10'))\"]\nc = '*'\n"
    )
    assert found.requirements.run == (
        PackageRequirement("a", "*"),
        PackageRequirement("b", "*", ("unix",)),
        PackageRequirement("c", "*", ("unix", "match(python, '>=3.10')")),
    )


def test_targets_have_requirements_of_their_own() -> None:
    found = package("[package.target.win-64.host-dependencies]\nvc = '14'\n")
    assert found.targets == {"win-64": PackageRequirements(host=(PackageRequirement("vc", "14"),))}


def test_a_back_end_tells_what_is_asked_of_it() -> None:
    found = build(
        "backend = { name = 'b', version = '1.*', extras = ['x'], channels = ['c'], "
        "additional-dependencies = { d = '2' } }"
    )
    assert found.backend == BuildBackend(
        name="b",
        spec={"version": "1.*", "extras": ("x",)},
        channels=(ChannelEntry("c"),),
        additional=(PackageRequirement("d", "2"),),
    )


def test_a_build_tells_its_sources_and_settings() -> None:
    found = build(
        "backend = { name = 'b' }\nsource = { git = 'https://example.org/a', rev = 'abc' }\n"
        "config = { noarch = true }\nflags = ['f']\nbuild-number = 3\nbuild-string-prefix = 'p'\n"
        "secrets = ['TOKEN']\ntarget.win.config = { noarch = false }"
    )
    assert found == BuildTable(
        backend=BACKEND,
        source=GitLocation("https://example.org/a", "rev", "abc"),
        config={"noarch": True},
        targets={"win": {"noarch": False}},
        flags=("f",),
        number=3,
        string_prefix="p",
        secrets=("TOKEN",),
    )
    assert build("backend = { name = 'b' }\nsource.path = 'x'").source == PathLocation("x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("backend = { name = 'b' }\nbuild-number = 'one'", "expected an integer"),
        ("backend = { name = 'b', channels = 'c' }", "expected an array"),
        ("backend = { name = 'b' }\nsource = {}", "one of `path`, `git` or `url`"),
        ("backend = { name = 'b', when = [] }", "must say 'all' or 'any'"),
        ("flags = []", "missing field 'backend'"),
    ],
)
def test_what_is_no_build_is_refused(text: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        build(text)


def test_what_is_no_requirement_is_refused() -> None:
    with pytest.raises(ManifestError, match="a string or a table"):
        package("[package.run-dependencies]\na = 1\n")
