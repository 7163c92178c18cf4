"""wisp as process 1, as in a container: signals work, and orphans do not pile up."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.sandbox import CommandLine

MANIFEST = """\
[workspace]
channels = []
platforms = ["linux-64", "linux-aarch64"]
[tasks]
python = "python3 -c 'import time; time.sleep(60)'"
list = "echo on; python3 -c 'import time; time.sleep(60)'; echo off"
before = { cmd = "sleep 60", depends-on = ["nothing"] }
nothing = "true"
orphans = "sh -c '(sleep 0.1 &) ; (sleep 0.1 &)'; sleep 1; ps -o stat,args -A; exit 3"
handled = "bash -c 'trap \\"echo got it; exit 5\\" TERM; echo on; while :; do sleep 0.1; done'"
"""

NAMESPACES = ("unshare", "--pid", "--fork", "--mount-proc")

pytestmark = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run([*NAMESPACES, "true"], capture_output=True, check=False).returncode != 0,
    reason="needs the right to make a namespace of processes",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    return folder


def start(wisp: CommandLine, workspace: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*NAMESPACES, str(wisp.executable), *words],
        cwd=workspace,
        env=wisp.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_below(number: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    return [own for own, above in pairs if above == number]


def first_process(running: subprocess.Popen[str], depth: int) -> int:
    """Return process 1, once a process of that depth below it exists."""
    for _ in range(400):
        layer = [running.pid]
        for _ in range(depth + 1):
            layer = [below for number in layer for below in processes_below(number)]
        if layer:
            return processes_below(running.pid)[0]
        time.sleep(0.05)
    raise AssertionError("nothing was started")


@pytest.mark.parametrize(
    ("task", "depth", "number"),
    [
        ("python", 1, signal.SIGTERM),
        ("python", 1, signal.SIGINT),
        ("python", 1, signal.SIGHUP),
        ("python", 1, signal.SIGUSR1),
        ("list", 2, signal.SIGTERM),
        ("before", 1, signal.SIGTERM),
    ],
)
def test_a_signal_ends_the_task_and_wisp(
    wisp: CommandLine, workspace: Path, task: str, depth: int, number: signal.Signals
) -> None:
    wisp("run", "nothing", cwd=workspace).success()
    running = start(wisp, workspace, "run", task)
    first = first_process(running, depth)
    time.sleep(1)  # a task that takes our place is not there before its first instruction
    os.kill(first, number)
    running.communicate(timeout=20)
    expected = 1 if task == "python" and number == signal.SIGINT else 128 + number
    assert running.returncode in (expected, 128 + number)


def test_a_task_answers_a_signal_itself(wisp: CommandLine, workspace: Path) -> None:
    running = start(wisp, workspace, "run", "handled")
    assert running.stdout is not None
    assert running.stdout.readline() == "on\n"
    os.kill(processes_below(running.pid)[0], signal.SIGTERM)
    assert running.communicate(timeout=20)[0] == "got it\n"
    assert running.returncode == 5


def test_who_has_lost_its_parent_is_buried(wisp: CommandLine, workspace: Path) -> None:
    running = start(wisp, workspace, "run", "orphans")
    listed = running.communicate(timeout=30)[0]
    assert running.returncode == 3
    assert "ps -o" in listed
    assert [line for line in listed.splitlines() if line.startswith("Z")] == []


@pytest.mark.parametrize("words", [("run", "exit 9"), ("run", "-j2", "exit 9")])
def test_the_code_of_the_task_is_the_code_of_the_container(
    wisp: CommandLine, workspace: Path, words: tuple[str, ...]
) -> None:
    running = start(wisp, workspace, *words)
    running.communicate(timeout=30)
    assert running.returncode == 9


def test_a_key_at_the_terminal_reaches_the_task_once(wisp: CommandLine, workspace: Path) -> None:
    import pexpect

    # The second half of a second is for a second signal, which must not come.
    wait = "until [ $got ]; do sleep 0.1; done; sleep 0.5 & wait; wait; exit 6"
    count = f"trap 'echo one; got=1' INT; echo on; {wait}"
    terminal = pexpect.spawn(
        NAMESPACES[0],
        [*NAMESPACES[1:], str(wisp.executable), "run", "bash", "-c", count],
        cwd=str(workspace),
        env=wisp.environment(),
        encoding="utf-8",
        timeout=30,
    )
    terminal.expect("on\r\n")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert (str(terminal.before).count("one"), terminal.exitstatus) == (1, 6)
