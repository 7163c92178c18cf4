from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from wisp.engine.process import capture, hand_over, run_to_end
from wisp.errors import HostError


def test_output_and_exit_code_are_captured(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getcwd(), os.environ['X'], sys.stdin.read()); sys.exit(3)"
    done = capture([sys.executable, "-c", code], environ={"X": "y"}, cwd=tmp_path, stdin="in")
    assert done.code == 3
    assert done.stdout == f"{tmp_path} y in\n"
    assert done.stderr == ""


def test_nothing_of_our_environment_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    code = "import os; print('SECRET' in os.environ)"
    assert capture([sys.executable, "-c", code], environ={}).stdout == "False\n"


def test_a_missing_program_is_one_clear_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    with pytest.raises(HostError, match="could not start"):
        capture([missing], environ={})
    with pytest.raises(HostError, match="could not start"):
        hand_over([missing], environ={})


def test_an_editors_exit_code_is_passed_on() -> None:
    assert hand_over([sys.executable, "-c", "raise SystemExit(4)"], environ={}) == 4


#: A tool that does the second half of its work when it may, or half a minute later.
TOOL = """\
import pathlib, time
print("one", flush=True)
pathlib.Path("begun").touch()
for _ in range(300):
    if pathlib.Path("go").exists():
        break
    time.sleep(0.1)
print("two", flush=True)
pathlib.Path("done").touch()
"""
#: Who has it run, as a command does.
CALLER = """\
import pathlib, sys
from wisp.cli.interrupts import Ended, watch
from wisp.engine.process import run_to_end
watch()
here = pathlib.Path(sys.argv[1])
try:
    run_to_end(
        [sys.executable, "-c", sys.argv[2]], environ={}, cwd=here, grace=float(sys.argv[3]),
        waiting=lambda: print("waiting", flush=True),
    )
except Ended as ended:
    print(ended.code, flush=True)
"""


class Caller:
    """Whoever has the tool run in a folder, which has begun."""

    def __init__(self, folder: Path, grace: float) -> None:
        words = [sys.executable, "-c", CALLER, str(folder), TOOL, str(grace)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, process_group=0)
        self._folder = folder
        assert seen(folder / "begun")

    def ask_to_end(self, number: signal.Signals) -> None:
        """Send a signal as a terminal does."""
        os.killpg(self._process.pid, number)

    def read_line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def let_go_on(self) -> None:
        (self._folder / "go").touch()

    def ended(self) -> str:
        """Wait for the end; what was said since the last line that was read."""
        return self._process.communicate(timeout=60)[0]


def seen(file: Path) -> bool:
    """Wait for a file, twenty seconds at most."""
    for _ in range(200):
        if file.exists():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_who_must_not_be_broken_off_comes_to_its_end(tmp_path: Path, number: str) -> None:
    caller = Caller(tmp_path, grace=60)
    caller.ask_to_end(getattr(signal, number))
    assert caller.read_line() == "waiting\n"
    caller.let_go_on()
    assert caller.ended() == f"{128 + getattr(signal, number)}\n"
    assert (tmp_path / "done").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_who_must_not_be_broken_off_goes_on_without_us(tmp_path: Path) -> None:
    caller = Caller(tmp_path, grace=60)
    caller.ask_to_end(signal.SIGKILL)
    assert caller.ended() == ""
    caller.let_go_on()
    assert seen(tmp_path / "done")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_who_does_not_come_to_its_end_is_waited_for_a_while(tmp_path: Path) -> None:
    caller = Caller(tmp_path, grace=0.3)
    caller.ask_to_end(signal.SIGTERM)
    assert caller.ended() == "waiting\n143\n"
    assert not (tmp_path / "done").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_who_asks_twice_waits_for_nobody(tmp_path: Path) -> None:
    caller = Caller(tmp_path, grace=60)
    caller.ask_to_end(signal.SIGTERM)
    assert caller.read_line() == "waiting\n"
    time.sleep(1.2)  # an impatient second signal changes nothing (`wisp.cli.interrupts`)
    caller.ask_to_end(signal.SIGTERM)
    assert caller.ended() == "143\n"
    assert not (tmp_path / "done").exists()


def test_what_such_a_program_says_is_its_result(tmp_path: Path) -> None:
    def run(code: str, waiting: Callable[[], object] = lambda: None) -> tuple[int, str]:
        words = [sys.executable, "-c", code]
        done = run_to_end(words, environ={}, cwd=tmp_path, waiting=waiting)
        return done.code, done.stdout

    assert run("import sys; print(1, flush=True); sys.exit('no')") == (1, "1\nno\n")
    with pytest.raises(HostError, match="could not start"):
        run_to_end([str(tmp_path / "none")], environ={}, cwd=tmp_path, waiting=lambda: None)
