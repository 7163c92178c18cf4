"""`why`: chains to a package, for environments and platforms, of conda and PyPI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.forked


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\n'
        f'platforms = ["linux-64", "osx-arm64"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\npytest = "*"\n'
        '[pypi-dependencies]\nrequests = "*"\n'
        '[feature.more.target.linux-64.dependencies]\ngreeter = "2.*"\n'
        "[environments]\nmore = ['more']\n"
    )
    wisp("lock", cwd=folder).success()
    return folder


def test_chains_stand_under_all_places_they_hold_for(wisp: CommandLine, workspace: Path) -> None:
    told = wisp("why", "pluggy", cwd=workspace).success().stdout.splitlines()
    assert told[0].startswith("pluggy 1.5.0 (conda) in default, more on linux-64, osx-arm64")
    assert told[1:] == ["  pytest * → pluggy <2,>=1.5"]
    told = wisp("why", "urllib3", cwd=workspace).success().stdout.splitlines()
    assert told[0].endswith("(pypi) in default, more on linux-64, osx-arm64")
    assert told[1].startswith("  requests * → urllib3")


def test_json_has_each_place(wisp: CommandLine, workspace: Path) -> None:
    rows = json.loads(wisp("why", "greeter", "--json", cwd=workspace).success().stdout)
    assert [(row["environment"], row["platform"]) for row in rows] == [("more", "linux-64")]
    assert rows[0]["chains"] == [
        [{"name": "greeter", "version": "2.0", "kind": "conda", "requirement": "greeter 2.*"}]
    ]


def test_environments_and_platforms_are_chosen(wisp: CommandLine, workspace: Path) -> None:
    told = wisp("why", "Idna", "-e", "more", "-p", "osx-arm64", cwd=workspace).success()
    assert told.stdout.splitlines()[0].endswith(" in more on osx-arm64")
    refused = wisp("why", "idna", "-p", "win-64", cwd=workspace)
    assert (refused.code, refused.stdout) == (1, "")
    assert "no environment supports platform 'win-64'" in refused.stderr


def test_what_is_not_locked_is_refused_with_near_names(wisp: CommandLine, workspace: Path) -> None:
    refused = wisp("why", "plugy", cwd=workspace)
    assert refused.code == 1
    assert "no package 'plugy' is locked" in refused.stderr
    assert "did you mean `pluggy`?" in refused.stderr


def test_nothing_is_written(wisp: CommandLine, workspace: Path) -> None:
    (workspace / "pixi.lock").unlink()
    before = sorted(workspace.rglob("*"))
    wisp("why", "pluggy", cwd=workspace).success()
    assert sorted(workspace.rglob("*")) == before
