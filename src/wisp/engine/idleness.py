"""Whether another process works or waits for something, as far as the system tells (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

#: Times in `/proc/PID/stat` behind the name: its own, and of children that have ended (proc(5)).
_TIMES = slice(11, 15)


def work_of(pid: int) -> float | None:
    """Return the seconds of a processor that a process has taken; None where nobody tells.

    None also as long as it has children: they are at work for it.
    """
    try:
        said = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2]
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        if any(children.read_text("ascii") for children in tasks):
            return None
        return sum(map(int, said.split()[_TIMES])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None
