"""`outdated`: what is newer, what an update would give, and which requirement is in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.forked


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine) -> Path:
    packages = [
        *(tiny("base", version) for version in ("1.0", "1.5", "2.0")),
        tiny("app", "1.0", "base >=1,<2"),
        tiny("app", "2.0", "base >=2"),
        tiny("user", "1.0", "base <2"),
        tiny("free", "1.0"),
        tiny("current", "3.0"),
    ]
    source = channel(tmp_path / "channel", packages)
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{source}"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\napp = "*"\nuser = "*"\nfree = "*"\ncurrent = "*"\n'
        '[feature.old.dependencies]\nbase = "1.0.*"\n[environments]\nold = ["old"]\n'
    )
    wisp("lock", cwd=folder).success()
    channel(tmp_path / "channel", [*packages, tiny("free", "1.1")])
    return folder


def rows(wisp: CommandLine, folder: Path, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        wisp("outdated", "--json", *words, cwd=folder).success().stdout
    )
    return found


def test_each_row_tells_what_holds_it_back(wisp: CommandLine, workspace: Path) -> None:
    found = rows(wisp, workspace, "-e", "default")
    assert [(one["name"], one["locked"], one["allowed"], one["newest"]) for one in found] == [
        ("app", "1.0", "1.0", "2.0"),
        ("base", "1.5", "1.5", "2.0"),
        ("free", "1.0", "1.1", "1.1"),
    ]
    assert [one["held_by"] for one in found] == [
        [{"by": "app 2.0", "requirement": "base >=2"}],
        [
            {"by": "app", "requirement": "base >=1,<2"},
            {"by": "user", "requirement": "base <2"},
        ],
        [],
    ]
    assert [one["is_explicit"] for one in found] == [True, False, True]


def test_the_manifest_holds_back_too(wisp: CommandLine, workspace: Path) -> None:
    (found,) = rows(wisp, workspace, "-e", "old", "base")
    held = found["held_by"]
    assert isinstance(held, list)
    assert held[0] == {"by": None, "requirement": "base 1.0.*"}


def test_the_table_names_places_where_rows_differ(wisp: CommandLine, workspace: Path) -> None:
    told = wisp("outdated", cwd=workspace).success().stdout.splitlines()
    assert " ".join(told[0].split()) == "Name Kind Locked Allowed Newest Held back by Where"
    bases = [line for line in told if line.startswith("base")]
    assert [line.rpartition("  ")[2] for line in bases] == [
        "in default on linux-64",
        "in old on linux-64",
    ]
    free = next(line for line in told if line.startswith("free"))
    assert free.split() == ["free", "conda", "1.0", "1.1", "1.1"]


def test_the_exit_code_tells_only_when_asked(wisp: CommandLine, workspace: Path) -> None:
    assert wisp("outdated", cwd=workspace).code == 0
    assert wisp("outdated", "--exit-code", cwd=workspace).code == 1
    current = wisp("outdated", "--exit-code", "current", cwd=workspace).success()
    assert (current.stdout, current.stderr) == ("", "✔ There is nothing newer\n")
    assert [one["name"] for one in rows(wisp, workspace, "--explicit", "-e", "default")] == [
        "app",
        "free",
    ]


def test_nothing_is_written(wisp: CommandLine, workspace: Path) -> None:
    before = (workspace / "pixi.lock").read_bytes()
    wisp("outdated", cwd=workspace).success()
    assert (workspace / "pixi.lock").read_bytes() == before
    assert not (workspace / ".pixi").exists()


def test_what_is_not_locked_is_refused(wisp: CommandLine, workspace: Path) -> None:
    refused = wisp("outdated", "nosuch", cwd=workspace)
    assert refused.code == 1
    assert "no package 'nosuch' is locked" in refused.stderr


def test_packages_of_an_index_are_compared_with_it(
    wisp: CommandLine, tmp_path: Path, forge: Forge, forge_server: Server
) -> None:
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n'
        f'[pypi-options]\nindex-url = "{forge_server.url}/simple"\n'
        '[pypi-dependencies]\nattrs = "<24"\npackaging = "*"\n'
    )
    wisp("lock", cwd=tmp_path).success()
    found = rows(wisp, tmp_path)
    assert [(one["name"], one["kind"], one["locked"], one["newest"]) for one in found] == [
        ("attrs", "pypi", "23.2.0", "24.2.0")
    ]
    assert found[0]["held_by"] == [{"by": None, "requirement": "attrs<24"}]
