from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from wisp.engine.process import capture, hand_over, unbroken
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


#: A tool that needs a while for its second half, and one that does not come to its end.
TOOL = "import pathlib, time; print('one', flush=True); time.sleep({0}); print('two', flush=True)"
TOOL += "; pathlib.Path('done').touch()"
#: Who has it run, as a command does.
CALLER = """\
import pathlib, sys
from wisp.cli.interrupts import Ended, watch
from wisp.engine.process import unbroken
watch()
here = pathlib.Path(sys.argv[1])
try:
    print("begun", flush=True)
    unbroken(
        [sys.executable, "-c", sys.argv[2]], environ={}, cwd=here, grace=float(sys.argv[3]),
        waiting=lambda: print("waiting", flush=True),
    )
except Ended as ended:
    print(ended.code, flush=True)
"""


def asked_to_end(
    folder: Path, seconds: float, grace: float, *numbers: signal.Signals, group: bool = False
) -> str:
    words = [sys.executable, "-c", CALLER, str(folder), TOOL.format(seconds), str(grace)]
    caller = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, process_group=0)
    assert caller.stdout is not None
    assert caller.stdout.readline() == "begun\n"
    for number in numbers:
        time.sleep(1.2)
        if group:  # as a terminal does
            os.killpg(caller.pid, number)
        else:
            caller.send_signal(number)
    said = caller.communicate(timeout=60)[0]
    return " ".join(said.split())


def seen(file: Path) -> bool:
    """Wait for a file, ten seconds at most."""
    for _ in range(100):
        if file.exists():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_who_must_not_be_broken_off_comes_to_its_end(tmp_path: Path, number: str) -> None:
    said = asked_to_end(tmp_path, 2, 60, getattr(signal, number), group=True)
    assert said == f"waiting {128 + getattr(signal, number)}"
    assert (tmp_path / "done").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_who_must_not_be_broken_off_goes_on_without_us(tmp_path: Path) -> None:
    asked_to_end(tmp_path, 2, 60, signal.SIGKILL)
    assert seen(tmp_path / "done")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("grace", "count"), [(0.3, 1), (60, 2)])
def test_nobody_is_waited_for_without_end(tmp_path: Path, grace: float, count: int) -> None:
    begun = time.monotonic()
    said = asked_to_end(tmp_path, 50, grace, *[signal.SIGTERM] * count)
    assert said == "waiting 143"
    assert time.monotonic() - begun < 30


def test_what_such_a_program_says_is_its_result(tmp_path: Path) -> None:
    def run(code: str, waiting: Callable[[], object] = lambda: None) -> tuple[int, str]:
        words = [sys.executable, "-c", code]
        done = unbroken(words, environ={}, cwd=tmp_path, waiting=waiting)
        return done.code, done.stdout

    assert run("import sys; print(1, flush=True); sys.exit('no')") == (1, "1\nno\n")
    with pytest.raises(HostError, match="could not start"):
        unbroken([str(tmp_path / "none")], environ={}, cwd=tmp_path, waiting=lambda: None)
