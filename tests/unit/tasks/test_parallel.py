from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.unit.tasks.test_run import Workspace, table
from wisp.errors import TaskError
from wisp.specs.task import Task, TaskDependency
from wisp.tasks.args import Arguments
from wisp.tasks.catalogue import EnvironmentTasks
from wisp.tasks.graph import TaskNode
from wisp.tasks.job import labels
from wisp.tasks.parallel import run_parallel
from wisp.tasks.run import RunSettings


def together(
    ws: Workspace, *words: str, env_files: dict[str, tuple[str, ...]] | None = None, **more: Any
) -> int:
    settings = RunSettings(
        root=str(ws.root),
        init_cwd=str(ws.root),
        cache=str(ws.root / "cache"),
        say=ws.lines.append,
        warn=ws.warnings.append,
        env_files=env_files,
    )
    return run_parallel(ws.graph(*words), ws, settings, **{"jobs": 4, **more})


def top(*needs: str) -> Task:
    return Task("top", form="alias", depends_on=tuple(TaskDependency(need) for need in needs))


def test_independent_tasks_run_at_the_same_time(tmp_path: Path) -> None:
    """Each waits for the file that the other writes."""
    wait = "python3 -c 'import os,time\nwhile not os.path.exists(\"{}\"): time.sleep(.01)'"
    ws = Workspace(
        tmp_path,
        table("a", "echo > a; " + wait.format("b")),
        table("b", "echo > b; " + wait.format("a")),
        top("a", "b"),
    )
    assert together(ws, "top") == 0


def test_lines_carry_the_name_of_their_task(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ws = Workspace(
        tmp_path, table("a", "echo one; echo two"), table("b", "cat nope", "a"), top("b")
    )
    assert together(ws, "top") == 1
    out, err = capfd.readouterr()
    assert out == "a | one\na | two\n"
    assert err.startswith("b | cat: nope")


def test_grouped_output_comes_in_one_piece(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ws = Workspace(tmp_path, table("a", "echo one; sleep 0.1; echo two"), table("b", "echo b"))
    ws.tasks["top"] = top("a", "b")
    assert together(ws, "top", grouped=True) == 0
    assert capfd.readouterr().out in ("b\none\ntwo\n", "one\ntwo\nb\n")


def test_a_failure_ends_what_runs_with_all_its_children(tmp_path: Path) -> None:
    stubborn = f"sh -c 'trap \"\" TERM; {nap(77)} & {nap(77)}'"
    ws = Workspace(
        tmp_path, table("long", stubborn), table("bad", "sleep 0.5; exit 3"), table("later", "x")
    )
    ws.tasks["later"].depends_on = (TaskDependency("long"),)
    ws.tasks["top"] = top("bad", "later")
    start = time.monotonic()
    assert together(ws, "top") == 3
    assert time.monotonic() - start < 20
    assert not alive(nap(77))
    assert "failed (3)" in ws.lines[-1]
    assert "not run" in ws.lines[-1]


def test_going_on_leaves_out_only_what_needs_the_failed_task(tmp_path: Path) -> None:
    ws = Workspace(
        tmp_path,
        table("bad", "exit 3"),
        table("good", "echo > good", "slow"),
        table("slow", "sleep 0.5"),
        table("after", "echo > after", "bad"),
        top("bad", "good", "after"),
    )
    assert together(ws, "top", keep_going=True) == 3
    assert (tmp_path / "good").exists()
    assert not (tmp_path / "after").exists()


def test_what_a_failed_task_leaves_behind_is_ended(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("bad", f"sh -c '{nap(66)} & exit 3'"), table("good", "sleep 1"))
    ws.tasks["top"] = top("bad", "good")
    assert together(ws, "top", keep_going=True) == 3
    assert "ok" in ws.lines[-1]
    assert not alive(nap(66))


def test_a_task_that_cannot_be_started_is_a_failure_like_others(tmp_path: Path) -> None:
    ws = Workspace(
        tmp_path, table("bad", "echo 'open"), table("good", "echo > good"), top("bad", "good")
    )
    with pytest.raises(TaskError, match="failed to parse"):
        together(ws, "top")
    assert together(ws, "top", keep_going=True) == 1
    assert (tmp_path / "good").exists()
    assert "cannot run 'bad': failed to parse" in ws.warnings[0]
    assert "failed (1)" in ws.lines[-1]


def test_nothing_of_a_long_output_is_lost(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "import sys\nfor n in range(50000): print(n)\nprint(1, file=sys.stderr, end=str())"
    ws = Workspace(tmp_path, table("a", f"python3 -c '{code}'"), top("a"))
    assert together(ws, "top") == 0
    out, err = capfd.readouterr()
    assert out == "".join(f"a | {number}\n" for number in range(50000))
    assert err == "a | 1\n"


def test_a_child_that_keeps_the_output_open_does_not_keep_the_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ws = Workspace(tmp_path, table("a", "sh -c 'sleep 25.5 & echo up'"), top("a"))
    start = time.monotonic()
    assert together(ws, "top") == 0
    assert time.monotonic() - start < 20
    assert capfd.readouterr().out == "a | up\n"


def test_labels_tell_tasks_of_one_name_apart() -> None:
    def node(name: str, environment: str, *words: str) -> TaskNode:
        where = EnvironmentTasks(environment, {}, platform="linux-64")
        task = Task(name, "x")
        arguments = Arguments((("a", words[0]),), words[1:]) if words else Arguments()
        return TaskNode(task, where, arguments, None)  # type: ignore[arg-type]

    nodes = [node("one", "a"), node("t", "a"), node("t", "b", "x"), node("t", "b", "y", "z")]
    assert labels(nodes) == ["one", "t in a", "t in b x", "t in b y z"]


def test_secrets_are_kept_out_of_failures_to_start(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TOKEN=very-secret\n")
    ws = Workspace(tmp_path, table("bad", "echo 'very-secret"), top("bad"))
    with pytest.raises(TaskError) as caught:
        together(ws, "top", env_files={"bad": (".env",)})
    assert "very-secret" not in f"{caught.value.message} {caught.value.causes} {ws.lines}"
    assert "echo '***" in caught.value.message


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_whole_tree(tmp_path: Path, number: signal.Signals) -> None:
    child = started(tmp_path, f"sh -c 'echo > up; {nap(88)}; true'")
    child.send_signal(number)
    assert child.wait(15) == 128 + number
    assert not alive(nap(88))


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_second_interrupt_does_not_wait(tmp_path: Path) -> None:
    child = started(tmp_path, f"sh -c 'trap : INT; echo > up; {nap(99)}; {nap(99)}'")
    child.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert child.poll() is None
    start = time.monotonic()
    child.send_signal(signal.SIGINT)
    assert child.wait(15) == 130
    assert time.monotonic() - start < 3
    assert not alive(nap(99))


def started(folder: Path, command: str) -> subprocess.Popen[bytes]:
    """Run a task in a process of its own, and wait until its command has written `up`."""
    code = (
        "from pathlib import Path; import sys\n"
        "from tests.unit.tasks.test_parallel import *\n"
        "task = table('a', sys.argv[2])\n"
        "ws = Workspace(Path(sys.argv[1]), task, top('a'))\n"
        "sys.exit(together(ws, 'top'))"
    )
    root = Path(__file__).parents[3]
    child = subprocess.Popen([sys.executable, "-c", code, str(folder), command], cwd=root)
    while not (folder / "up").exists():
        time.sleep(0.02)
    return child


def nap(seconds: int) -> str:
    """Spell a command that no other run of these tests has, which may be on this machine too."""
    return f"sleep {seconds}.{os.getpid()}"


def alive(command: str) -> bool:
    """Tell whether any process was started with these words."""
    wanted = b"".join(word.encode() + b"\0" for word in command.split())
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if file.read_bytes().startswith(wanted):
                return True
    return False
