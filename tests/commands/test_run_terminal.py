"""Tasks and shells at a real terminal, and at the edges of what a process may meet."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from tests.sandbox import CommandLine, Result

MANIFEST = f"""\
[workspace]
name = "w"
channels = []
platforms = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64"]
[tasks]
python = "{sys.executable} -q"
wait = "{sys.executable} wait.py"
piped-wait = "{sys.executable} wait.py | cat"
then = "{sys.executable} wait.py; echo after"
cat = "cat"
a = {{ cmd = "echo a", depends-on = ["b"] }}
b = {{ cmd = "echo b", depends-on = ["a"] }}
"""

#: Says when it is ready; answers the first Ctrl-C, ends at the second.
WAIT = """\
import os, signal, sys, time
def first(*_):
    signal.signal(signal.SIGINT, second)
    os.write(1, b"once\\n")
def second(*_):
    os.write(1, b"twice\\n")
    sys.exit(9)
signal.signal(signal.SIGINT, first)
os.write(1, b"ready\\n")
while True:
    time.sleep(0.05)
"""


@pytest.fixture
def workspace(tmp_path: Path, prepare: Callable[..., Result]) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    (folder / "wait.py").write_text(WAIT)
    prepare("run", "true", cwd=folder).success()
    return folder


def terminal(wisp: CommandLine, *words: str, cwd: Path, **more: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        str(wisp.executable),
        list(words),
        cwd=cwd,
        env=wisp.environment({"SHELL": "/bin/bash", **more}),
        encoding="utf-8",
        timeout=20,
        dimensions=(30, 100),
    )


def wait_for(path: Path) -> None:
    """Wait until a task has written a file, and a moment longer."""
    deadline = time.monotonic() + 15
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)


def code(child: pexpect.spawn[str]) -> int:
    child.expect(pexpect.EOF)
    child.close()
    if child.exitstatus is not None:
        return child.exitstatus
    assert child.signalstatus is not None
    return 128 + child.signalstatus


def test_an_interactive_python_is_a_task(wisp: CommandLine, workspace: Path) -> None:
    child = terminal(wisp, "run", "python", cwd=workspace)
    child.expect(">>> ")
    child.sendline("import sys; print('tty', sys.stdin.isatty(), 6 * 7)")
    child.expect("tty True 42")
    child.sendcontrol("c")
    child.expect("KeyboardInterrupt")
    child.sendline("raise SystemExit(4)")
    assert code(child) == 4


@pytest.mark.parametrize(("typed", "chosen"), [("2", "two"), ("one", "one"), ("three", None)])
def test_an_environment_is_chosen_for_a_task_of_several(
    wisp: CommandLine, workspace: Path, typed: str, chosen: str | None
) -> None:
    features = "".join(
        f'[feature.{name}.tasks]\nmany = "echo this is {name}"\n' for name in ("one", "two")
    )
    environments = '[environments]\none = ["one"]\ntwo = ["two"]\n'
    (workspace / "pixi.toml").write_text(MANIFEST + features + environments)
    child = terminal(wisp, "run", "many", cwd=workspace)
    child.expect_exact("  2) two")
    child.expect_exact("Environment: ")
    child.sendline(typed)
    child.expect_exact("the task 'many' is ambiguous" if chosen is None else f"this is {chosen}")
    assert code(child) == (0 if chosen else 1)


def test_a_plain_command_answers_ctrl_c_itself(wisp: CommandLine, workspace: Path) -> None:
    child = terminal(wisp, "run", "wait", cwd=workspace)
    child.expect("ready")
    child.sendcontrol("c")
    child.expect("once")
    child.sendcontrol("c")
    child.expect("twice")
    assert code(child) == 9


def test_after_ctrl_c_nothing_more_is_started(wisp: CommandLine, workspace: Path) -> None:
    child = terminal(wisp, "run", "then", cwd=workspace)
    child.expect("ready")
    child.sendcontrol("c")
    child.expect("once")
    time.sleep(0.3)
    assert child.isalive()  # the task decides when it ends
    child.sendcontrol("c")
    child.expect("twice")
    assert code(child) == 128 + signal.SIGINT
    assert "after" not in str(child.before)


def test_a_resized_terminal_is_seen_by_the_task(wisp: CommandLine, workspace: Path) -> None:
    child = terminal(wisp, "run", "python", cwd=workspace)
    child.expect(">>> ")
    child.setwinsize(40, 123)
    child.sendline("import os; print('columns', os.get_terminal_size().columns)")
    child.expect("columns 123")
    child.sendline("exit(7)")
    assert code(child) == 7


def test_a_shell_has_prompt_variables_job_control_and_exit_code(
    wisp: CommandLine, workspace: Path
) -> None:
    child = terminal(wisp, "shell", cwd=workspace, TERM="dumb")
    child.expect(r"\(w\) ")
    child.sendline("echo $PIXI_PROJECT_NAME-$CONDA_SHLVL")
    child.expect("w-1")
    child.sendline('bash -c \'trap "echo go"on CONT; echo ru""ns; while :; do sleep 0.1; done\'')
    child.expect("runs")
    child.sendcontrol("z")
    child.expect("Stopped")
    child.sendline("fg")
    child.expect("goon")
    child.sendcontrol("c")
    child.sendline("exit 5")
    assert code(child) == 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_task_and_us_by_it(
    wisp: CommandLine, workspace: Path, number: int
) -> None:
    script = "echo up > up; tail -f up"
    with wisp.start("run", "-q", script, cwd=workspace, group=True) as child:
        wait_for(workspace / "up")
        child.send_signal(number)
        assert child.wait(10) == -number


def test_a_deleted_directory_is_told_in_one_line(wisp: CommandLine, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = wisp.bash('rmdir "$PWD" && exec "$@"', "run", "true", cwd=gone)
    assert done.code == 1
    assert "current directory does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_streams_are_no_obstacle(wisp: CommandLine, workspace: Path) -> None:
    done = wisp.bash('"$@" <&- 2>&-', "run", "-q", "echo x | cat", cwd=workspace)
    assert (done.code, done.stdout) == (0, "x\n")


def test_a_broken_pipe_ends_quietly(wisp: CommandLine, workspace: Path) -> None:
    line = '"$@" | head -1; echo ${PIPESTATUS[0]}'
    done = wisp.bash(line, "run", "-q", "yes", cwd=workspace)
    assert done.stdout == "y\n141\n"
    assert done.stderr == ""


def test_a_cycle_is_refused_before_anything_runs(wisp: CommandLine, workspace: Path) -> None:
    result = wisp("run", "-q", "a", cwd=workspace)
    assert (result.code, result.stdout) == (1, "")
    assert "a → b → a" in result.stderr


def test_ten_thousand_tasks(wisp: CommandLine, workspace: Path) -> None:
    rows = [f't{i} = {{ depends-on = ["t{i - 1}"] }}' for i in range(1, 10_000)]
    (workspace / "pixi.toml").write_text(MANIFEST + 't0 = "echo deep"\n' + "\n".join(rows))
    start = time.monotonic()
    assert wisp("run", "-q", "t9999", cwd=workspace).success().stdout == "deep\n"
    assert time.monotonic() - start < 15


def test_the_exit_code_of_a_killed_child_is_our_death(wisp: CommandLine, workspace: Path) -> None:
    result = wisp("run", "-q", f"{sys.executable} -c 'import os; os.kill(os.getpid(), 9)'; true",
                  cwd=workspace)  # fmt: skip
    assert result.code == 0
    with wisp.start("run", "-q", "exit 137", cwd=workspace) as child:
        assert child.wait(10) == -9
