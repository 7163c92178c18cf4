"""Processes that are killed at random moments.

Few moments show that a repair works at all, many that no moment is left out: `make test` takes few,
since each costs a command and its repair, and `make test-cloud` takes twenty (`WISP_TEST_KILLS`).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

#: How many moments a test draws.
KILLS = int(os.environ.get("WISP_TEST_KILLS", "3"))

#: Killed are `parent`: the command alone, so that its children go on; `group`: all of them.
VICTIMS = ("parent", "group")


def moments(seed: int, duration: float, first: float = 0.0, last: float = 1.0) -> Iterator[float]:
    """Random moments of a duration in mixed order, one in each equal part of `first` to `last`."""
    chance = random.Random(seed)
    slots = list(range(KILLS))
    chance.shuffle(slots)
    for slot in slots:
        yield (first + (slot + chance.random()) / KILLS * (last - first)) * duration


def timed(action: Callable[[], object]) -> float:
    """Do something, and give the seconds that it took."""
    began = time.monotonic()
    action()
    return time.monotonic() - began


def killed(process: subprocess.Popen[str], after: float, victim: str) -> bool:
    """Kill a process after some seconds; tell whether it was still at work."""
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        if victim == "group":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    code = process.wait()
    # Orphans keep the pipes open: what they say is not waited for.
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    return code == -signal.SIGKILL
