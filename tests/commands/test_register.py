"""Registered workspaces are found by their names from anywhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked

MANIFEST = '[workspace]\nname = "{name}"\nchannels = []\nplatforms = ["linux-64"]\n'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST.format(name="shop"))
    return folder


def registered(wisp: CommandLine, cwd: Path) -> dict[str, str]:
    text = wisp("workspace", "register", "list", "--json", cwd=cwd).success().stdout
    found: dict[str, str] = json.loads(text)
    return found


def test_a_workspace_is_named_and_found_from_elsewhere(
    wisp: CommandLine, shop: Path, tmp_path: Path
) -> None:
    wisp("workspace", "register", cwd=shop).success()
    assert registered(wisp, tmp_path) == {"shop": str(shop)}
    told = wisp("workspace", "--workspace", "shop", "name", "get", cwd=tmp_path).success()
    assert told.stdout == "shop\n"


def test_a_name_is_given_away_with_force_only(
    wisp: CommandLine, shop: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "pixi.toml").write_text(MANIFEST.format(name="other"))
    wisp("workspace", "register", cwd=shop).success()
    refused = wisp("workspace", "register", "--name", "shop", cwd=other)
    assert "Workspace already exists" in refused.stderr
    assert registered(wisp, tmp_path) == {"shop": str(shop)}
    wisp("workspace", "register", "--name", "shop", "--force", cwd=other).success()
    assert registered(wisp, tmp_path) == {"shop": str(other)}


def test_vanished_workspaces_are_pruned_and_names_taken_away(
    wisp: CommandLine, shop: Path, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    for name, folder in (("here", shop), ("gone", gone)):
        words = ("register", "--name", name, "--path", str(folder))
        wisp("workspace", *words, cwd=tmp_path).success()
    shutil.rmtree(gone)
    wisp("workspace", "register", "prune", cwd=tmp_path).success()
    assert registered(wisp, tmp_path) == {"here": str(shop)}
    wisp("workspace", "register", "remove", "here", cwd=tmp_path).success()
    assert registered(wisp, tmp_path) == {}
    missing = wisp("workspace", "register", "remove", "here", cwd=tmp_path)
    assert missing.code == 1
    assert "Workspace 'here' is not found." in missing.stderr
