"""Standard streams that are closed, full, or read by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.slow

MANIFEST = """\
[workspace]
channels = []
platforms = ["linux-64", "osx-64", "osx-arm64", "win-64", "linux-aarch64"]

[tasks]
hello = "echo hello"
"""
COMMANDS = ("--version", "--help", "run --help", "info", "task list", "shell-hook", "config list")


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    # Twice: what is asked again comes from the fast lane.
    for command in ("task list", "shell-hook", "task list", "shell-hook"):
        wisp(*command.split(), cwd=folder).success()
    return folder


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", [*COMMANDS, "run hello", "lock", "install"])
def test_what_is_said_to_a_closed_stream_is_lost(
    wisp: CommandLine, workspace: Path, command: str, closed: str
) -> None:
    done = wisp.bash(f'"$@" {closed}', *command.split(), cwd=workspace)
    assert (done.code, "Traceback" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_device_is_told(wisp: CommandLine, workspace: Path, command: str) -> None:
    done = wisp.bash('"$@" > /dev/full', *command.split(), cwd=workspace)
    assert done.code == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_reads_the_answer(wisp: CommandLine, workspace: Path, command: str) -> None:
    line = '(sleep 0.1; "$@"; echo code $? >&2) | true'
    done = wisp.bash(line, *command.split(), cwd=workspace)
    assert done.stderr.splitlines()[-1:] == ["code 0"], done.stderr
    assert "Traceback" not in done.stderr
