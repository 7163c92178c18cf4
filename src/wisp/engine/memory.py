"""How much memory a process has, and how much of what others send may be read into it."""

from __future__ import annotations

import os
from pathlib import Path

#: What may be taken of a small machine, in bytes; honest channels and indexes need a fraction.
_LEAST = 1 << 30


def bearable(memory: int) -> int:
    """Return how many of so many bytes may be taken: on a small machine half of what there is."""
    try:
        there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return memory
    return min(memory, max(there // 2, _LEAST))


def resident(pid: int) -> int:
    """Return how much memory a process has, in bytes; 0 where nobody tells (Linux does).

    Pages of files do not count, which are let go when there is need: lists of packages are mapped.
    """
    try:
        _, pages, shared, *_ = Path(f"/proc/{pid}/statm").read_text("ascii").split()
        return (int(pages) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
