"""Commands that are killed at random moments: the next one repairs all they left."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.spec_program import finished, started
from tests.kills import VICTIMS, killed, moments, timed
from tests.sandbox import CommandLine, Home
from tests.trees import content, differences
from tools.forge.build import DEFAULT_CACHE, Forge
from tools.forge.crowd import crowd
from tools.forge.serve import Server
from wisp.manifest.read import load

pytestmark = [pytest.mark.slow, pytest.mark.alone]


def kill(wisp: CommandLine, words: tuple[str, ...], cwd: Path, after: float, victim: str) -> bool:
    """Start a command and kill it after some seconds; tell whether it was still at work."""
    return killed(wisp.start(*words, cwd=cwd, group=True), after, victim)


def assert_files_are_whole(folder: Path, locks: set[str]) -> None:
    """The manifest can be read; the lock is one of those that a command writes."""
    load(folder / "pixi.toml")
    lock = folder / "pixi.lock"
    assert not lock.exists() or lock.read_text() in locks


def drafts(folder: Path) -> list[str]:
    known = {".pixi", ".gitignore", ".gitattributes"}
    return [path.name for path in folder.glob(".*") if path.name not in known]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_cold_installation_of_300_packages(
    cold_wisp: CommandLine, workspace: Path, victim: str
) -> None:
    channel = crowd(DEFAULT_CACHE, files=1)
    (workspace / "pixi.toml").write_text(_manifest(channel.as_uri(), 'crowd = "*"'))
    cold_wisp("lock", cwd=workspace).success()

    def install() -> None:
        cold_wisp("install", cwd=workspace).success()

    duration = timed(install)
    wanted = content(workspace)
    hit = 0
    aside = workspace.with_name("aside")
    aside.mkdir()
    for after in moments(1, duration):
        # Deleting thousands of files would take longer than all the rest.
        number = len(list(aside.iterdir()))
        (workspace / ".pixi").rename(aside / f"pixi-{number}")
        cold_wisp.home.cache.rename(aside / f"cache-{number}")
        hit += kill(cold_wisp, ("install",), workspace, after, victim)
        install()
        assert differences(content(workspace), wanted) == []
    assert hit, "no command was still at work"


def _manifest(channel: str, *dependencies: str) -> str:
    rows = "\n".join(dependencies)
    head = f'[workspace]\nname = "w"\nchannels = ["{channel}"]\nplatforms = ["linux-64"]\n'
    return f"{head}[dependencies]\n{rows}\n"


def _with_pypi(forge: Forge, server: Server, *requirements: str) -> str:
    rows = "\n".join(requirements)
    text = _manifest(forge.url, f'python = "{forge.minor}.*"')
    options = f'[pypi-options]\nindex-url = "{server.url}/simple"\n'
    return f"{text}{options}[pypi-dependencies]\n{rows}\n"


@pytest.mark.parametrize("victim", VICTIMS)
def test_pypi_packages(
    wisp: CommandLine, workspace: Path, forge: Forge, forge_server: Server, victim: str
) -> None:
    """uv outlives its parent, and goes on to write into the prefix."""
    bare = _with_pypi(forge, forge_server)
    full = _with_pypi(forge, forge_server, 'rich = "*"', 'requests = "*"')
    locks = {}
    for manifest in (bare, full):
        (workspace / "pixi.toml").write_text(manifest)
        wisp("lock", cwd=workspace).success()
        locks[manifest] = (workspace / "pixi.lock").read_text()
    forge_server.latency = 0.02

    def install() -> None:
        wisp("install", cwd=workspace).success()

    def prepare() -> None:
        """Take the PyPI packages away, and let them be wanted."""
        (workspace / "pixi.toml").write_text(bare)
        (workspace / "pixi.lock").write_text(locks[bare])
        install()
        shutil.rmtree(wisp.home.cache / "uv-cache", ignore_errors=True)
        (workspace / "pixi.toml").write_text(full)
        (workspace / "pixi.lock").write_text(locks[full])

    prepare()
    duration = timed(install)
    wanted = content(workspace)
    hit = 0
    for after in moments(2, duration):
        prepare()
        hit += kill(wisp, ("install",), workspace, after, victim)
        install()
        assert differences(content(workspace), wanted) == []
    assert hit, "no command was still at work"


@pytest.mark.parametrize("victim", VICTIMS)
def test_locking(
    wisp: CommandLine, workspace: Path, forge: Forge, forge_server: Server, victim: str
) -> None:
    manifest = workspace / "pixi.toml"
    old = _with_pypi(forge, forge_server, 'six = "*"')
    new = _with_pypi(forge, forge_server, 'six = "*"', 'rich = "*"')
    locks = []
    for text in (old, new):
        manifest.write_text(text)
        wisp("lock", cwd=workspace).success()
        locks.append((workspace / "pixi.lock").read_text())
    (workspace / "pixi.lock").write_text(locks[0])
    duration = timed(lambda: wisp("lock", cwd=workspace).success())
    hit = 0
    for after in moments(3, duration):
        (workspace / "pixi.lock").write_text(locks[0])
        hit += kill(wisp, ("lock",), workspace, after, victim)
        assert_files_are_whole(workspace, set(locks))
        wisp("lock", cwd=workspace).success()
        assert (workspace / "pixi.lock").read_text() == locks[1]
        assert drafts(workspace) == []
    assert hit, "no command was still at work"


@pytest.mark.parametrize("victim", VICTIMS)
def test_adding(
    wisp: CommandLine, workspace: Path, forge: Forge, forge_server: Server, victim: str
) -> None:
    manifest = workspace / "pixi.toml"
    old = _with_pypi(forge, forge_server)
    manifest.write_text(old)
    wisp("install", cwd=workspace).success()
    locks = [(workspace / "pixi.lock").read_text()]
    command = ("add", "--pypi", "six")
    duration = timed(lambda: wisp(*command, cwd=workspace).success())
    added = manifest.read_text()
    locks.append((workspace / "pixi.lock").read_text())
    shutil.rmtree(workspace / ".pixi")
    wisp("install", cwd=workspace).success()
    wanted = content(workspace / ".pixi" / "envs")
    hit = 0
    for after in moments(4, duration):
        manifest.write_text(old)
        (workspace / "pixi.lock").write_text(locks[0])
        wisp("install", cwd=workspace).success()
        hit += kill(wisp, command, workspace, after, victim)
        assert_files_are_whole(workspace, set(locks))
        wisp(*command, cwd=workspace).success()
        wisp("install", cwd=workspace).success()
        assert manifest.read_text() == added
        assert differences(content(workspace / ".pixi" / "envs"), wanted) == []
        assert drafts(workspace) == []
    assert hit, "no command was still at work"


@pytest.mark.parametrize("victim", VICTIMS)
def test_an_environment_of_specs(
    home: Home, tmp_path: Path, forge_server: Server, victim: str
) -> None:
    """It is as before or known to be unfinished, and the next call finishes it."""
    prefix = tmp_path / "prefix"
    duration = timed(lambda: finished(home, forge_server, prefix))
    wanted = content(prefix)
    hit = 0
    for after in moments(5, duration):
        shutil.rmtree(prefix, ignore_errors=True)
        hit += killed(started(home, forge_server, prefix), after, victim)
        finished(home, forge_server, prefix)
        assert differences(content(prefix), wanted) == []
        assert finished(home, forge_server, prefix) == "True"
    assert hit, "no call was still at work"
