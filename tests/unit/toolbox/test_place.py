"""Exposed names on disk: written whole, repaired, taken away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.trees import content
from wisp.toolbox import place
from wisp.toolbox.completions import offer
from wisp.toolbox.home import ToolHome, tool_home
from wisp.toolbox.launcher import Launch, program
from wisp.toolbox.shims import steps


@pytest.fixture
def home(tmp_path: Path) -> ToolHome:
    return ToolHome(root=tmp_path / ".pixi", manifest=tmp_path / "pixi-global.toml")


def launches(home: ToolHome, *names: str) -> dict[str, Launch]:
    folder = home.prefix("env") / "bin"
    return {name: Launch(exe=str(folder / name), path_diff=str(folder), env={}) for name in names}


def expose(home: ToolHome, *names: str) -> None:
    desired = launches(home, *names)
    owned = place.exposed_names(home, home.prefix("env"))
    there = place.present(home, {*desired, *owned})
    place.carry_out(home, steps(desired, there, place.launcher(home), owned))


def test_all_names_are_one_file(home: ToolHome) -> None:
    expose(home, "a", "b")
    files = [home.launcher, home.exposed / "a", home.exposed / "b"]
    assert len({file.stat().st_ino for file in files}) == 1
    assert all(os.access(file, os.X_OK) for file in files)
    assert home.launcher.read_bytes() == program()
    assert place.exposed_names(home, home.prefix("env")) == ("a", "b")
    assert place.exposed_names(home, home.prefix("en")) == ()


def test_nothing_is_left_of_a_name_that_is_gone(home: ToolHome) -> None:
    expose(home, "a")
    before = content(home.root)
    expose(home, "a", "b")
    expose(home, "a")
    assert content(home.root) == before


def test_damage_is_repaired(home: ToolHome) -> None:
    expose(home, "a", "b")
    before = content(home.root)
    (home.exposed / "a").write_text("oops")  # the one file of all names
    (home.configurations / "b.json").write_text("{")
    expose(home, "a", "b")
    assert content(home.root) == before


@pytest.mark.parametrize("what", ["launcher", "configuration"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_a_pipe_in_the_place_of_a_file_of_ours_is_not_written_to(home: ToolHome, what: str) -> None:
    """Who writes to a pipe waits for somebody who reads it."""
    expose(home, "a")
    before = content(home.root)
    pipe = home.launcher if what == "launcher" else home.configurations / "a.json"
    pipe.unlink()
    os.mkfifo(pipe)
    # Somebody listens, so that the test ends either way.
    listener = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    expose(home, "a")
    os.close(listener)
    assert content(home.root) == before


def test_drafts_of_killed_commands_are_swept(home: ToolHome) -> None:
    expose(home, "a")
    before = content(home.root)
    (home.exposed / ".a.77.wisp-draft").write_bytes(program())
    expose(home, "a", "b")
    expose(home, "a")
    assert content(home.root) == before


def test_completions_of_tools_under_their_own_name_are_linked(home: ToolHome) -> None:
    prefix = home.prefix("env")
    for file in (
        "share/bash-completion/completions/a",
        "share/zsh/site-functions/_a",
        "share/fish/vendor_completions.d/a.fish",
        "share/zsh/site-functions/_b",
    ):
        (prefix / file).parent.mkdir(parents=True, exist_ok=True)
        (prefix / file).touch()
    own = home.completions / "bash" / "mine"
    own.parent.mkdir(parents=True)
    own.touch()
    offer(home, prefix, ["a", "c"])
    found = [path for path in home.completions.rglob("*") if path.is_symlink()]
    links = sorted(path.relative_to(home.completions).as_posix() for path in found)
    assert links == ["bash/a", "fish/a.fish", "zsh/_a"]
    assert (home.completions / "zsh" / "_a").readlink() == prefix / "share/zsh/site-functions/_a"
    offer(home, prefix, [])
    assert [p.name for p in home.completions.rglob("*") if not p.is_dir()] == ["mine"]


def test_the_manifest_lies_in_the_home_unless_there_is_one_beside_the_configuration(
    tmp_path: Path,
) -> None:
    environ = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    usual = tmp_path / ".pixi" / "manifests" / "pixi-global.toml"
    assert tool_home(environ, platform="linux").manifest == usual
    other = tmp_path / "config" / "pixi" / "manifests" / "pixi-global.toml"
    other.parent.mkdir(parents=True)
    other.touch()
    assert tool_home(environ, platform="linux").manifest == other
    usual.parent.mkdir(parents=True)
    usual.touch()
    assert tool_home(environ, platform="linux").manifest == usual
    moved = tool_home(environ | {"PIXI_HOME": "/p"}, platform="linux")
    assert moved.exposed == Path("/p/bin")
