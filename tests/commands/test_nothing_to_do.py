"""`install` and `lock` with nothing to do: answered at once, and never when something is to do."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.trees import content
from tools.forge.build import Forge
from tools.forge.serve import Server

SITE = "lib/python*/site-packages"


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge, forge_server: Server) -> Path:
    """An installed workspace with a conda and a PyPI package, as the second command finds it."""
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n[pypi-dependencies]\nsix = "*"\n'
        f'[pypi-options]\nindex-url = "{forge_server.url}/simple"\n'
    )
    for words in (("lock",), ("install",), ("lock",), ("install",)):
        wisp(*words, cwd=folder).success()
        time.sleep(0.1)  # the clock moves on, so that files can be known by their times
    return folder


def was_quick(wisp: CommandLine, *words: str, cwd: Path) -> bool:
    done = wisp(*words, cwd=cwd, env={"PYTHONPROFILEIMPORTTIME": "1"}).success()
    return "wisp.cli.main" not in done.stderr


@pytest.mark.parametrize("words", [("install",), ("i",), ("lock",)])
def test_it_is_said_at_once_and_in_the_same_words(
    wisp: CommandLine, pixi: CommandLine, workspace: Path, words: tuple[str, ...]
) -> None:
    before = content(workspace)
    assert was_quick(wisp, *words, cwd=workspace)
    quick = [wisp(*words, cwd=workspace), pixi(*words, cwd=workspace)]
    coloured = wisp(*words, cwd=workspace, env={"FORCE_COLOR": "1"})
    shutil.rmtree(wisp.home.cache / "wisp-snapshots")
    assert quick == [wisp(*words, cwd=workspace), pixi(*words, cwd=workspace)]
    shutil.rmtree(wisp.home.cache / "wisp-snapshots")
    assert coloured == wisp(*words, cwd=workspace, env={"FORCE_COLOR": "1"})
    assert content(workspace) == before


def _uninstall_wheel(workspace: Path) -> None:
    (prefix,) = (workspace / ".pixi/envs/default").glob(SITE)
    for path in prefix.glob("six*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _unmark(workspace: Path) -> None:
    (workspace / ".pixi/envs/default/conda-meta/.pixi-environment-fingerprint").unlink()


def _remove_prefix(workspace: Path) -> None:
    shutil.rmtree(workspace / ".pixi")


def _remove_lock(workspace: Path) -> None:
    (workspace / "pixi.lock").unlink()


@pytest.mark.parametrize("harm", [_uninstall_wheel, _unmark, _remove_prefix, _remove_lock])
def test_what_is_missing_is_put_back(
    wisp: CommandLine, workspace: Path, harm: Callable[[Path], None]
) -> None:
    before = content(workspace)
    harm(workspace)
    wisp("install", cwd=workspace).success()
    assert content(workspace) == before


def test_a_changed_manifest_is_locked(wisp: CommandLine, workspace: Path) -> None:
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text().replace('six = "*"', 'six = "<1.17"'))
    assert "Updated" in wisp("lock", cwd=workspace).success().stderr
    wisp("install", cwd=workspace).success()
    (site,) = (workspace / ".pixi/envs/default").glob(SITE)
    assert not list(site.glob("six-1.17*"))


def test_other_words_are_left_to_the_whole_program(wisp: CommandLine, workspace: Path) -> None:
    for words in (("install", "--all"), ("install", "-v"), ("lock", "--json"), ("lock", "-q")):
        assert not was_quick(wisp, *words, cwd=workspace)
    assert was_quick(wisp, "install", "--all", cwd=workspace)


def test_what_a_local_project_needs_is_looked_at_each_time(
    wisp: CommandLine, workspace: Path
) -> None:
    project = workspace / "own"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "own"\nversion = "1"\n')
    manifest = workspace / "pixi.toml"
    text = manifest.read_text().replace('six = "*"', 'six = "*"\nown = { path = "own" }')
    manifest.write_text(text)
    wisp("lock", cwd=workspace).success()
    assert not was_quick(wisp, "lock", cwd=workspace)


def test_warnings_are_given_each_time(wisp: CommandLine, workspace: Path) -> None:
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text().replace("[workspace]", "[project]"))
    said = [wisp("lock", cwd=workspace).success().stderr for _ in range(3)]
    assert said[1] == said[2]
