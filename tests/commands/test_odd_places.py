"""Folders with unusual names, workspaces that moved, and projects that need each other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "w"
channels = [{channel!r}]
platforms = ["linux-64"]

[dependencies]
greeter = "*"
"""


def workspace(folder: Path, source: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "pixi.toml").write_text(MANIFEST.format(channel=str(source)))
    return folder


@pytest.mark.parametrize("name", ["chan+user@corp (1)", "a,b=c", "it's ours!", "plain"])
def test_a_channel_folder_may_have_any_name(tmp_path: Path, wisp: CommandLine, name: str) -> None:
    source = channel(tmp_path / name, [tiny("greeter", "1!2.0"), tiny("other", "1.0")])
    place = workspace(tmp_path / "w", source)
    wisp("lock", cwd=place).success()
    wisp("add", "other", cwd=place).success()
    wisp("install", "--locked", cwd=place).success()
    assert wisp("lock", "--check", cwd=place).code == 0
    assert (place / ".pixi/envs/default/share/greeter.txt").exists()


@pytest.mark.parametrize("moving", [shutil.move, shutil.copytree])
@pytest.mark.parametrize("command", [("install",), ("run", "true")])
def test_a_workspace_that_moved_is_linked_anew_where_it_is(
    tmp_path: Path, wisp: CommandLine, moving: object, command: tuple[str, ...]
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter")])
    old = workspace(tmp_path / "old", source)
    wisp(*command, cwd=old).success()
    new = tmp_path / "new"
    if moving is shutil.move:
        shutil.move(old, new)
    else:
        shutil.copytree(old, new, symlinks=True)
    meta = new / ".pixi/envs/default/conda-meta"
    before = (meta / "greeter-1.0-0.json").stat().st_mtime_ns
    wisp(*command, cwd=new).success()
    assert (meta / "pixi_env_prefix").read_text() == str(meta)
    assert (meta / "greeter-1.0-0.json").stat().st_mtime_ns != before
    linked = (meta / "greeter-1.0-0.json").stat().st_mtime_ns
    wisp(*command, cwd=new).success()
    assert (meta / "greeter-1.0-0.json").stat().st_mtime_ns == linked


PROJECT = """\
[project]
name = "{name}"
version = "1.0"
dependencies = [{needs}]
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
{more}
"""
SOURCES = {
    "path": ('"mod-b"', '[tool.uv.sources]\nmod-b = {{ path = "../b" }}'),
    "editable": ('"mod-b"', '[tool.uv.sources]\nmod-b = {{ path = "../b", editable = true }}'),
    "url": ('"mod-b @ {uri}"', ""),
}


@pytest.mark.parametrize("form", SOURCES)
def test_a_local_project_may_depend_on_another(
    tmp_path: Path, forge: Forge, wisp: CommandLine, form: str
) -> None:
    needs, more = SOURCES[form]
    b = tmp_path / "mods/b"
    for name, wants, rest in (("a", needs, more), ("b", "", "")):
        folder = tmp_path / "mods" / name
        folder.mkdir(parents=True)
        text = PROJECT.format(
            name=f"mod-{name}", needs=wants.format(uri=b.as_uri()), more=rest.format()
        )
        (folder / "pyproject.toml").write_text(text)
    place = tmp_path / "w"
    place.mkdir()
    (place / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\npython = "*"\n'
        '[pypi-dependencies]\nmod-a = { path = "../mods/a", editable = true }\n'
    )
    wisp("lock", cwd=place).success()
    text = (place / "pixi.lock").read_text()
    assert "- pypi: ../mods/a\n" in text
    assert "- pypi: ../mods/b\n" in text
    assert "already up-to-date" in wisp("lock", cwd=place).success().stderr


def test_a_stale_link_to_detached_environments_is_corrected(
    wisp: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    (folder / ".pixi").mkdir(parents=True)
    url = channel(tmp_path / "channel", [tiny("one")]).as_uri()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{url}"]\nplatforms = ["linux-64"]\n[dependencies]\none = "*"\n'
    )
    detached = tmp_path / "detached"
    wisp("config", "set", "--local", "detached-environments", str(detached), cwd=folder).success()
    trusted = ("install", "--trust-workspace")
    wisp(*trusted, cwd=folder).success()
    link = folder / ".pixi" / "envs"
    right = link.readlink()
    link.unlink()
    link.symlink_to(tmp_path / "gone")
    wisp(*trusted, cwd=folder).success()
    assert link.readlink() == right
    assert (link / "default" / "conda-meta").is_dir()


def test_the_link_of_environments_that_were_detached_gives_way(
    wisp: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    url = channel(tmp_path / "channel", [tiny("one")]).as_uri()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{url}"]\nplatforms = ["linux-64"]\n[dependencies]\none = "*"\n'
    )
    detach = ("detached-environments", str(tmp_path / "away"))
    wisp("config", "set", "--global", *detach, cwd=folder).success()
    wisp("install", cwd=folder).success()
    link = folder / ".pixi" / "envs"
    there = link.readlink()
    wisp("config", "unset", "--global", detach[0], cwd=folder).success()
    told = wisp("install", cwd=folder).success().stderr
    assert f"those in `{there}` are not used any more" in told
    assert (link / "default" / "conda-meta").is_dir()
    assert not link.is_symlink()
    assert (there / "default" / "conda-meta").is_dir()
    assert "not used" not in wisp("install", cwd=folder).success().stderr
    shutil.rmtree(link)
    link.symlink_to(there.parent.with_name(f"{there.parent.name}1") / "envs")
    refused = wisp("install", cwd=folder)
    assert (refused.code, "is a symbolic link" in refused.stderr) == (1, True)


@pytest.mark.parametrize("lost", ["bin/python", "bin/python3.11"])
def test_a_prefix_that_has_lost_its_python_gets_it_again_with_its_wheels(
    tmp_path: Path, wisp: CommandLine, forge: Forge, forge_server: Server, lost: str
) -> None:
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        f'[pypi-options]\nindex-url = "{forge_server.url}/simple"\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n[pypi-dependencies]\nclick = "*"\n'
    )
    wisp("install", cwd=tmp_path).success()
    (tmp_path / ".pixi/envs/default" / lost).unlink()
    wisp("install", "--all", cwd=tmp_path).success()
    wisp("run", "python", "-c", "import click", cwd=tmp_path).success()
