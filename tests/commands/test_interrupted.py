"""Ctrl-C and its like: one line, the exit code of the signal, manifest and lock as they were.

The next command repairs.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kills import moments, timed
from tests.sandbox import CommandLine
from tests.trees import content, differences
from tools.forge.build import DEFAULT_CACHE, Forge
from tools.forge.crowd import crowd
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.alone]

#: What is said of each signal.
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}


def interrupt(
    wisp: CommandLine,
    words: tuple[str, ...],
    cwd: Path,
    after: float,
    number: signal.Signals = signal.SIGINT,
) -> bool:
    """Start a command, press Ctrl-C, look at its end; tell whether it was still at work."""
    process = wisp.start(*words, cwd=cwd, group=True)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    began = time.monotonic()
    _, stderr = process.communicate(timeout=60)
    assert "Traceback" not in stderr
    if process.returncode == 0:
        return False
    assert (process.returncode, stderr) == (128 + number, f"{WORDS[number]}\n")
    assert time.monotonic() - began < 5
    return True


@pytest.fixture
def workspace(tmp_path: Path, forge: Forge, forge_server: Server) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n'
        f'[pypi-options]\nindex-url = "{forge_server.url}/simple"\n[pypi-dependencies]\n'
    )
    return folder


def moments_at_work(seed: int, duration: float) -> Iterator[float]:
    """Moments between the start of the interpreter and the end of an undisturbed run."""
    return moments(seed, duration, 0.25, 0.9)


@pytest.mark.parametrize(
    ("command", "number"),
    [
        (("lock",), signal.SIGINT),
        (("lock",), signal.SIGTERM),
        (("add", "--pypi", "requests"), signal.SIGINT),
        (("add", "--pypi", "requests"), signal.SIGHUP),
    ],
)
def test_manifest_and_lock_are_as_before(
    wisp: CommandLine,
    workspace: Path,
    forge_server: Server,
    command: tuple[str, ...],
    number: signal.Signals,
) -> None:
    wisp("install", cwd=workspace).success()
    manifest = workspace / "pixi.toml"
    if command == ("lock",):
        manifest.write_text(manifest.read_text() + 'rich = "*"\n')
    forge_server.latency = 0.2
    before = [(workspace / name).read_bytes() for name in ("pixi.toml", "pixi.lock")]
    shutil.rmtree(wisp.home.cache / "uv-cache", ignore_errors=True)
    duration = timed(lambda: wisp(*command, cwd=workspace).success())
    for name, text in zip(("pixi.toml", "pixi.lock"), before, strict=True):
        (workspace / name).write_bytes(text)
    hit = 0
    for after in moments_at_work(5, duration):
        shutil.rmtree(wisp.home.cache / "uv-cache", ignore_errors=True)
        if interrupt(wisp, command, workspace, after, number):
            hit += 1
            found = [(workspace / name).read_bytes() for name in ("pixi.toml", "pixi.lock")]
            assert found == before
        for name, text in zip(("pixi.toml", "pixi.lock"), before, strict=True):
            (workspace / name).write_bytes(text)
    assert hit, "no command was still at work"


def test_no_moment_of_the_start_loses_an_interrupt(wisp: CommandLine, workspace: Path) -> None:
    wisp("install", cwd=workspace).success()
    files = [workspace / name for name in ("pixi.toml", "pixi.lock")]
    before = [file.read_bytes() for file in files]
    hit = 0
    for step in range(25):
        process = wisp.start("add", "--pypi", "requests", cwd=workspace, group=True)
        time.sleep(0.03 + step * 0.004)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        if _was_lost_before_us(stderr):
            for file, content in zip(files, before, strict=True):
                file.write_bytes(content)
        elif (process.returncode, stderr) == (130, "interrupted\n"):
            hit += 1
        else:
            assert _came_before_us(process.returncode, stderr), stderr
        assert [file.read_bytes() for file in files] == before
    assert hit, "no command was at work yet"


def _came_before_us(code: int, stderr: str) -> bool:
    """While Python starts, and until our first line runs, the interpreter's own ways hold."""
    silent = code == -signal.SIGINT and not stderr
    places = ("Python runtime state", "import_site", "import launch", "line 0, in <module>")
    return silent or any(place in stderr for place in places)


def _was_lost_before_us(stderr: str) -> bool:
    """Until then Python may lose an interrupt in a callback of its imports, and goes on.

    Of those that are lost later nothing is told, since they come again.
    """
    return stderr.startswith("Exception ignored in") and "KeyboardInterrupt" in stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_installation_is_repaired(
    cold_wisp: CommandLine, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "crowd"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{crowd(DEFAULT_CACHE, 150, 4).as_uri()}"]\n'
        'platforms = ["linux-64"]\n[dependencies]\ncrowd = "*"\n'
    )
    cold_wisp("lock", cwd=folder).success()
    duration = timed(lambda: cold_wisp("install", cwd=folder).success())
    wanted = content(folder)
    hit = 0
    for after in moments_at_work(6, duration):
        shutil.rmtree(folder / ".pixi")
        shutil.rmtree(cold_wisp.home.cache)
        hit += interrupt(cold_wisp, ("install",), folder, after, number)
        cold_wisp("install", cwd=folder).success()
        assert differences(content(folder), wanted) == []
    assert hit, "no command was still at work"
