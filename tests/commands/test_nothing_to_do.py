"""`install` and `lock` with nothing to do: answered at once, and never when something is to do."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Result
from tests.trees import content, touched
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.forked

SITE = "lib/python*/site-packages"


@pytest.fixture(scope="module")
def locked(lock_served: Callable[..., Path], forge: Forge, forge_address: str) -> Path:
    return lock_served(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\n'
        f'platforms = ["{forge.subdir}"]\n[dependencies]\npython = "{forge.minor}.*"\n'
        f'[pypi-dependencies]\nsix = "*"\n'
        f'[pypi-options]\nindex-url = "http://{forge_address}/simple"\n'
    )


@pytest.fixture
def workspace(
    tmp_path: Path, prepare: Callable[..., Result], locked: Path, forge_server: Server
) -> Path:
    """An installed workspace with a conda and a PyPI package, as the second command finds it."""
    folder = shutil.copytree(locked, tmp_path / "ws")
    for words in (("install",), ("lock",), ("install",)):
        prepare(*words, cwd=folder).success()
        time.sleep(0.1)  # the clock moves on, so that files can be known by their times
    return folder


def was_quick(wisp: CommandLine, *words: str, cwd: Path) -> bool:
    return "wisp.cli.main" not in wisp.imported(*words, cwd=cwd)


@pytest.mark.parametrize("words", [("install",), ("i",), ("lock",)])
def test_it_is_said_at_once_and_in_the_same_words(
    wisp: CommandLine, pixi: CommandLine, workspace: Path, words: tuple[str, ...]
) -> None:
    before, untouched = content(workspace), touched(workspace)
    assert was_quick(wisp, *words, cwd=workspace)
    quick = [wisp(*words, cwd=workspace), pixi(*words, cwd=workspace)]
    coloured = wisp(*words, cwd=workspace, env={"FORCE_COLOR": "1"})
    shutil.rmtree(wisp.home.cache / "wisp-snapshots")
    assert touched(workspace) == untouched
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


def _replace_wheel(workspace: Path) -> None:
    """Do what `pip install --force-reinstall` does: the same version, by another's hand."""
    (info,) = (workspace / ".pixi/envs/default").glob(f"{SITE}/six-*.dist-info")
    shutil.copytree(info, info.with_name("draft"))
    shutil.rmtree(info)
    info.with_name("draft").rename(info)
    (info / "INSTALLER").write_text("pip\n")


def _install_for_another_python(workspace: Path) -> None:
    (info,) = (workspace / ".pixi/envs/default").glob(f"{SITE}/six-*.dist-info")
    other = workspace / ".pixi/envs/default/lib/python3.99/site-packages"
    shutil.copytree(info, other / info.name)


def _rewrite_history(workspace: Path) -> None:
    (workspace / ".pixi/envs/default/conda-meta/history").write_text("other")


def _rewrite_path_file(workspace: Path) -> None:
    (workspace / ".pixi/envs/default/conda-meta/pixi_env_prefix").write_text("other")


def _remove_guard(workspace: Path) -> None:
    (workspace / ".pixi/.gitignore").unlink()


def _empty_guard(workspace: Path) -> None:
    """As a power failure may leave it."""
    (workspace / ".pixi/.condapackageignore").write_text("")


HARMS = (
    _uninstall_wheel,
    _replace_wheel,
    _unmark,
    _rewrite_history,
    _rewrite_path_file,
    _remove_guard,
    _empty_guard,
    _remove_prefix,
    _remove_lock,
)


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_missing_is_put_back(
    wisp: CommandLine, workspace: Path, harm: Callable[[Path], None]
) -> None:
    before = content(workspace)
    harm(workspace)
    wisp("install", cwd=workspace).success()
    assert content(workspace) == before


def test_what_lies_beside_another_python_is_looked_at(wisp: CommandLine, workspace: Path) -> None:
    _install_for_another_python(workspace)
    assert not was_quick(wisp, "install", cwd=workspace)
    assert not list(workspace.glob(".pixi/envs/default/lib/python3.99/site-packages/six*"))


def test_a_local_archive_is_looked_at_each_time(
    wisp: CommandLine, workspace: Path, forge_server: Server
) -> None:
    wheel = Path(shutil.copy(max(forge_server.folder.rglob("six-*.whl")), workspace)).name
    manifest = workspace / "pixi.toml"
    text = manifest.read_text().replace('six = "*"', f'six = {{ path = "./{wheel}" }}')
    manifest.write_text(text)
    wisp("install", cwd=workspace).success()
    wisp("lock", cwd=workspace).success()
    assert not was_quick(wisp, "install", cwd=workspace)
    assert not was_quick(wisp, "lock", cwd=workspace)


def test_one_word_does_not_pass_for_two(wisp: CommandLine, workspace: Path) -> None:
    wisp("install", "-e", "default", cwd=workspace).success()
    assert was_quick(wisp, "install", "-e", "default", cwd=workspace)
    assert wisp("install", "-e default", cwd=workspace).code != 0


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


def test_what_is_wrong_with_tasks_keeps_nobody_from_installing(
    wisp: CommandLine, workspace: Path
) -> None:
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text() + "[tool.wisp.tasks.a]\nenv-file = 1\n")
    for words in (("lock",), ("install",), ("install",)):
        wisp(*words, cwd=workspace).success()


def test_warnings_are_given_each_time(wisp: CommandLine, workspace: Path) -> None:
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text().replace("[workspace]", "[project]"))
    said = [wisp("lock", cwd=workspace).success().stderr for _ in range(3)]
    assert said[1] == said[2]
