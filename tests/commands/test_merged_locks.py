"""A lock with the conflict markers of a merge: named, and solved from both sides."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.repositories import git
from tests.sandbox import CommandLine
from tests.tiny import channel, tiny

pytestmark = pytest.mark.forked

HEAD = '[workspace]\nname = "w"\nchannels = [{channel!r}]\nplatforms = ["linux-64"]\n'


@pytest.fixture(params=["merge", "diff3", "zdiff3"])
def merged(tmp_path: Path, wisp: CommandLine, request: pytest.FixtureRequest) -> Path:
    """Two branches that each added a package, merged: only the manifest is resolved."""
    source = channel(tmp_path / "chan", [tiny("base"), tiny("mine"), tiny("their")])
    place = tmp_path / "w"
    place.mkdir()
    head = HEAD.format(channel=str(source)) + "[dependencies]\n"

    def commit(branch: str, *names: str) -> None:
        (place / "pixi.toml").write_text(head + "".join(f'{name} = "*"\n' for name in names))
        wisp("lock", cwd=place).success()
        git(place, "checkout", "-q", "-B", branch)
        git(place, "add", "pixi.toml", "pixi.lock")
        git(place, "commit", "-q", "-m", branch)

    git(place, "init", "-q", "-b", "main")
    commit("main", "base")
    commit("ours", "base", "mine")
    git(place, "checkout", "-q", "main")
    commit("theirs", "base", "their")
    git(place, "checkout", "-q", "ours")
    style = f"merge.conflictStyle={request.param}"
    with pytest.raises(subprocess.CalledProcessError):
        git(place, "-c", style, "merge", "-q", "theirs")
    (place / "pixi.toml").write_text(head + 'base = "*"\nmine = "*"\ntheir = "*"\n')
    assert "<<<<<<<" in (place / "pixi.lock").read_text()
    return place


@pytest.mark.parametrize("command", [("lock",), ("install",), ("list",), ("add", "mine==1.0")])
def test_whatever_may_lock_solves_from_both_sides(
    merged: Path, wisp: CommandLine, command: tuple[str, ...]
) -> None:
    result = wisp(*command, cwd=merged).success()
    if command[0] != "add":
        assert "conflict markers" in result.stderr
    wisp("lock", cwd=merged).success()
    text = (merged / "pixi.lock").read_text()
    assert "<<<<<<<" not in text
    assert all(f"{name}-1.0-0.conda" in text for name in ("base", "mine", "their"))
    assert wisp("lock", "--check", cwd=merged).code == 0


@pytest.mark.parametrize("flag", ["--locked", "--frozen"])
def test_a_lock_that_has_to_hold_is_refused_and_the_marker_shown(
    merged: Path, wisp: CommandLine, flag: str
) -> None:
    before = (merged / "pixi.lock").read_text()
    result = wisp("install", flag, cwd=merged)
    assert result.code == 1
    assert "conflict markers" in result.stderr
    assert "<<<<<<<" in result.stderr
    assert "run `wisp lock`" in result.stderr
    assert (merged / "pixi.lock").read_text() == before


@pytest.mark.parametrize("left", ["", "\n"])
def test_an_empty_lock_counts_as_none(tmp_path: Path, wisp: CommandLine, left: str) -> None:
    source = channel(tmp_path / "chan", [tiny("base")])
    manifest = HEAD.format(channel=str(source)) + '[dependencies]\nbase = "*"\n'
    (tmp_path / "pixi.toml").write_text(manifest)
    (tmp_path / "pixi.lock").write_text(left)
    assert wisp("install", "--locked", cwd=tmp_path).code == 1
    wisp("lock", cwd=tmp_path).success()
    assert "base-1.0-0.conda" in (tmp_path / "pixi.lock").read_text()
