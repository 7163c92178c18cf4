"""Platforms of a workspace, edited from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked


def test_the_platform_of_this_machine_may_go(wisp: CommandLine, tmp_path: Path) -> None:
    """Manifest and lock follow; what this machine cannot run is not installed."""
    wisp("init", "-p", "linux-64", "-p", "osx-arm64", "w", cwd=tmp_path).success()
    folder = tmp_path / "w"
    done = wisp("workspace", "platform", "remove", "linux-64", cwd=folder).success()
    assert done.stderr == "✔ Removed linux-64\n"
    assert 'platforms = ["osx-arm64"]' in (folder / "pixi.toml").read_text()
    assert (folder / "pixi.lock").read_text().count("linux-64") == 0
    assert not (folder / ".pixi/envs").exists()
