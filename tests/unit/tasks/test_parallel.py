from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.tasks.test_run import Workspace, table
from wisp.specs.task import Task, TaskDependency
from wisp.tasks.parallel import run_parallel
from wisp.tasks.run import Settings


def together(ws: Workspace, *words: str, **more: object) -> int:
    settings = Settings(
        root=str(ws.root),
        init_cwd=str(ws.root),
        cache=str(ws.root / "cache"),
        say=ws.lines.append,
        warn=ws.warnings.append,
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


def test_lines_carry_the_name_of_their_task(tmp_path: Path, capfd) -> None:
    ws = Workspace(
        tmp_path, table("a", "echo one; echo two"), table("b", "cat nope", "a"), top("b")
    )
    assert together(ws, "top") == 1
    out, err = capfd.readouterr()
    assert out == "a | one\na | two\n"
    assert err.startswith("b | cat: nope")


def test_grouped_output_comes_in_one_piece(tmp_path: Path, capfd) -> None:
    ws = Workspace(tmp_path, table("a", "echo one; sleep 0.1; echo two"), table("b", "echo b"))
    ws.tasks["top"] = top("a", "b")
    assert together(ws, "top", grouped=True) == 0
    assert capfd.readouterr().out in ("b\none\ntwo\n", "one\ntwo\nb\n")


def test_a_failure_ends_what_runs_with_all_its_children(tmp_path: Path) -> None:
    stubborn = "sh -c 'trap \"\" TERM; sleep 77.7 & sleep 77.7'"
    ws = Workspace(
        tmp_path, table("long", stubborn), table("bad", "sleep 0.5; exit 3"), table("later", "x")
    )
    ws.tasks["later"].depends_on = (TaskDependency("long"),)
    ws.tasks["top"] = top("bad", "later")
    start = time.monotonic()
    assert together(ws, "top") == 3
    assert time.monotonic() - start < 20
    alive = subprocess.run(["pgrep", "-f", "sleep 77.7"], capture_output=True, check=False)
    assert alive.stdout == b""
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


def test_a_cycle_ends(tmp_path: Path) -> None:
    ws = Workspace(tmp_path, table("a", "echo a", "b"), table("b", "echo b", "a"))
    assert together(ws, "a") == 0


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interrupt_ends_the_whole_tree(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; import sys\n"
        "from tests.unit.tasks.test_parallel import *\n"
        "task = table('a', 'echo > up; sh -c \"sleep 88.8\"')\n"
        "ws = Workspace(Path(sys.argv[1]), task, top('a'))\n"
        "sys.exit(together(ws, 'top'))"
    )
    root = Path(__file__).parents[3]
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=root)
    while not (tmp_path / "up").exists():
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    assert child.wait(15) == 130
    alive = subprocess.run(["pgrep", "-f", "sleep 88.8"], capture_output=True, check=False)
    assert alive.stdout == b""
