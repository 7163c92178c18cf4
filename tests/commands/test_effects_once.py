"""What a task does happens once, and neither messages nor memories of wisp decide over it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Result

MANIFEST = """\
[workspace]
channels = []
platforms = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64"]
[tasks]
first = "echo x >> log"
quoted = { cmd = "echo 'x", depends-on = ["first"] }
nowhere = { cmd = "echo", cwd = "gone", depends-on = ["first"] }
undefined = { cmd = "echo {{ nobody }}", depends-on = ["first"] }
variable = { cmd = "echo", env = { V = "{{ nobody }}" }, depends-on = ["first"] }
operator = { cmd = "echo |", depends-on = ["first"] }
pattern = { cmd = "echo", inputs = ["{{ nobody }}"], depends-on = ["first"] }
table = { cmd = "echo done" }
silent = { cmd = "true" }
after = { cmd = "echo after >> log", depends-on = ["silent", "first"] }
kept = { cmd = "echo kept >> log", inputs = ["pixi.toml"] }
versioned = { cmd = "echo $V > o", env = { V = "1" }, inputs = ["input"], outputs = ["o"] }
"""


@pytest.fixture
def workspace(tmp_path: Path, prepare: Callable[..., Result]) -> Path:
    """A workspace in which the next `run` is answered by the fast lane."""
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    for _ in range(2):
        prepare("run", "true", cwd=folder).success()
        time.sleep(0.1)
    return folder


def log(workspace: Path) -> list[str]:
    path = workspace / "log"
    return path.read_text().split() if path.exists() else []


def without_snapshot(wisp: CommandLine, workspace: Path) -> None:
    for path in (wisp.home.cache / "wisp-snapshots").glob("ws-*"):
        path.unlink()


@pytest.mark.parametrize("lane", ["fast", "full"])
@pytest.mark.parametrize(
    ("task", "told"),
    [
        ("quoted", "failed to parse shell script"),
        ("nowhere", "invalid working directory 'gone'"),
        ("undefined", "failed to replace argument placeholders"),
        ("variable", "failed to replace argument placeholders"),
        ("operator", "failed to parse shell script"),
        ("pattern", "failed to replace argument placeholders"),
    ],
)
def test_what_came_before_a_broken_task_has_run_once(
    wisp: CommandLine, workspace: Path, lane: str, task: str, told: str
) -> None:
    if lane == "full":
        without_snapshot(wisp, workspace)
    done = wisp("run", task, cwd=workspace)
    assert (done.code, log(workspace)) == (1, ["x"])
    assert told in done.stderr
    assert done.stderr.count("task (first)") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("lane", ["fast", "full"])
@pytest.mark.parametrize(
    "redirection", ["2>&-", "2>/dev/full", "2> >(exec true)", ">&- 2>&-", "2>&1 | true"]
)
def test_that_nobody_reads_the_messages_changes_nothing(
    wisp: CommandLine, workspace: Path, lane: str, redirection: str
) -> None:
    if lane == "full":
        without_snapshot(wisp, workspace)
    line = f'"$@" {redirection}; exit ${{PIPESTATUS[0]}}'
    done = wisp.bash(line, "run", "after", cwd=workspace)
    assert (done.code, log(workspace)) == (0, ["x", "after"])


def test_the_code_of_a_task_whose_messages_nobody_reads_is_its_own(
    wisp: CommandLine, workspace: Path
) -> None:
    for words in (["exit 7"], ["echo x >> log; exit 7"], ["sh", "-c", "exit 7"]):
        assert wisp.bash('"$@" 2> >(exec true)', "run", *words, cwd=workspace).code == 7


def test_a_message_that_would_have_to_wait_is_left_out(wisp: CommandLine, workspace: Path) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    done = subprocess.run(
        [str(wisp.executable), "run", "after"],
        cwd=workspace,
        env=wisp.environment(),
        stderr=writer,
        timeout=60,
        check=False,
    )
    os.close(reader)
    os.close(writer)
    assert (done.returncode, log(workspace)) == (0, ["x", "after"])


def make_a_file(folder: Path) -> None:
    folder.write_text("")


def make_a_loop(folder: Path) -> None:
    folder.symlink_to(folder.name)


def make_a_dead_end(folder: Path) -> None:
    folder.symlink_to("/proc/nothing/here")


@pytest.mark.parametrize("obstacle", [make_a_file, make_a_loop, make_a_dead_end])
@pytest.mark.parametrize("jobs", [(), ("-j", "2")])
def test_tasks_run_where_nothing_can_be_remembered(
    wisp: CommandLine, workspace: Path, obstacle: object, jobs: tuple[str, ...]
) -> None:
    assert callable(obstacle)
    obstacle(workspace / ".pixi" / "task-cache-v0")
    for _ in range(2):
        done = wisp("run", *jobs, "after", cwd=workspace).success()
        assert "Traceback" not in done.stderr
        assert "cannot remember" not in done.stderr
    assert sorted(log(workspace)) == ["after", "after", "x", "x"]
    told = wisp("run", *jobs, "kept", cwd=workspace).success().stderr
    assert told.count("cannot remember that the task 'kept' ran") == 1
    assert log(workspace).count("kept") == 1


@pytest.mark.parametrize("known", [True, False])
def test_tasks_run_where_no_byte_can_be_written(
    wisp: CommandLine, workspace: Path, known: bool
) -> None:
    without_snapshot(wisp, workspace)
    if not known:
        shutil.rmtree(workspace / ".pixi")
    limited = 'ulimit -f 0; exec "$@"'
    for words in (["run", "table"], ["run", "table"], ["shell-hook"], ["task", "list"]):
        done = wisp.bash(limited, *words, cwd=workspace)
        assert (done.code, "Traceback" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize("variable", ["PYTHONFAULTHANDLER", "PYTHONDEVMODE", "PYTHONMALLOC"])
def test_signal_handlers_that_others_have_set_stay(
    wisp: CommandLine, workspace: Path, variable: str
) -> None:
    value = "debug" if variable == "PYTHONMALLOC" else "1"
    for words in (["run", "after"], ["run", "-j2", "after"]):
        wisp(*words, cwd=workspace, env={variable: value}).success()


def test_a_program_with_such_handlers_may_run_tasks(tmp_path: Path) -> None:
    program = (
        "import faulthandler, threading\n"
        "faulthandler.enable()\n"
        "from wisp.tasks.run import execute\n"
        "from wisp.taskshell.parser import parse\n"
        "print(execute(parse('exit 3'), '/', {}))\n"
        "work = lambda: print(execute(parse('exit 4'), '/', {}))\n"
        "thread = threading.Thread(target=work)\n"
        "thread.start(); thread.join()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["3", "4"]


def test_a_change_of_a_tasks_variables_is_a_change(wisp: CommandLine, workspace: Path) -> None:
    for value in ("1", "1", "2", "2"):
        text = MANIFEST.replace('V = "1"', f'V = "{value}"')
        (workspace / "pixi.toml").write_text(text)
        (workspace / "input").write_text("")
        wisp("run", "versioned", cwd=workspace).success()
        assert (workspace / "o").read_text() == f"{value}\n"
    assert "cache hit" in wisp("run", "versioned", cwd=workspace).stderr


def test_a_signal_to_a_running_list_ends_it(wisp: CommandLine, workspace: Path) -> None:
    running = wisp.start("run", "echo on; sleep 30; echo off", cwd=workspace)
    assert running.stdout is not None
    assert running.stdout.readline() == "on\n"
    running.send_signal(signal.SIGTERM)
    assert running.communicate(timeout=20)[0] == ""
    assert running.returncode in (-signal.SIGTERM, 128 + signal.SIGTERM)


@pytest.mark.parametrize("damage", ["cut", "emptied", "turned"])
def test_a_damaged_memory_is_none(wisp: CommandLine, workspace: Path, damage: str) -> None:
    """A disk has kept half of a file, or turned some bits over."""
    damaged = []
    for path in (wisp.home.cache / "wisp-snapshots").glob("ws-*"):
        data = path.read_bytes()
        changed = {
            "cut": data[: len(data) // 2],
            "emptied": b"",
            "turned": data.replace(b"echo after >> log", b"echo aftes >> log"),
        }
        if bytes(workspace) in data:
            assert changed[damage] != data
            path.write_bytes(changed[damage])
            damaged.append(path)
    assert damaged
    done = wisp("run", "after", cwd=workspace).success()
    assert (log(workspace), "Traceback" in done.stderr) == (["x", "after"], False)
    for words in (("task", "list"), ("shell-hook",)):
        wisp(*words, cwd=workspace).success()
