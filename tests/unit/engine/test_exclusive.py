"""A folder has one writer at a time, and nothing is left in it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wisp.engine.exclusive import exclusive_folder
from wisp.errors import HostError

HOLD = """
import sys, time
from pathlib import Path
from wisp.engine.exclusive import exclusive_folder
with exclusive_folder(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), str(seconds)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    return child


def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    with hold(tmp_path, 0.4) as child:
        began = time.monotonic()
        with exclusive_folder(tmp_path):
            assert time.monotonic() - began > 0.2
        child.wait()
    assert os.listdir(tmp_path) == []


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with hold(tmp_path, 60) as child:
        child.kill()
        child.wait()
        with exclusive_folder(tmp_path):
            pass


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(HostError), exclusive_folder(tmp_path / "gone"):
        pass
