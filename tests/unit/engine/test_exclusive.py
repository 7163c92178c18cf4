"""A folder has one writer at a time, and nothing is left in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from wisp.engine.exclusive import exclusive_folder
from wisp.errors import HostError

HOLD = """
import sys
from pathlib import Path
from wisp.engine.exclusive import exclusive_folder
with exclusive_folder(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
#: Ends the waiting of a test that would hang; no passing test takes as long.
_LONG = 60.0


def hold(folder: Path) -> subprocess.Popen[bytes]:
    """Hold a folder in another process until its input ends."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    return child


def entering(folder: Path) -> Event:
    """Enter a folder on a thread of its own; the event tells that it was entered."""
    entered = Event()

    def enter() -> None:
        with exclusive_folder(folder):
            entered.set()

    Thread(target=enter, daemon=True).start()
    return entered


def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    with hold(tmp_path) as child:
        entered = entering(tmp_path)
        assert not entered.wait(0.2)
        child.communicate()
        assert entered.wait(_LONG)
    assert os.listdir(tmp_path) == []


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with hold(tmp_path) as child:
        child.kill()
        child.wait()
        assert entering(tmp_path).wait(_LONG)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(HostError), exclusive_folder(tmp_path / "gone"):
        pass
