"""Waiting for a lock that another process holds: after a second somebody is told, and whose it is.

Locks belong to the process, and what waits for one is often far from any reporter. So who wants to
be told says so once (`listen`), for the whole process.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from wisp.trust import user_name

_SILENT_SECONDS = 1.0
_POLL_SECONDS = 0.02


class _Listener:
    """Who is told."""

    tell: Callable[[str], object] = staticmethod(lambda _message: None)


def listen(tell: Callable[[str], object]) -> None:
    """Have something called with a sentence whenever this process waits for another."""
    _Listener.tell = staticmethod(tell)


def tell(message: str) -> None:
    """Tell whoever listens."""
    _Listener.tell(message)


def taken(attempt: Callable[[], bool], descriptor: int, path: Path) -> None:
    """Try to take a lock until it is ours. `attempt` takes it and tells whether it could.

    `descriptor` is the open file. May raise what `attempt` raises.
    """
    before = time.monotonic()
    told = False
    while not attempt():
        if not told and time.monotonic() - before > _SILENT_SECONDS:
            told = True
            tell(f"waiting for `{path}`, {_held_by(descriptor)}")
        time.sleep(_POLL_SECONDS)


def _held_by(descriptor: int) -> str:
    """Name who holds the lock of an open file, as far as the system tells (Linux)."""
    try:
        process = _holder(os.fstat(descriptor))
    except OSError:
        process = None
    if process is None:
        return "which another process has locked"
    return f"which process {process}{_described(process)} has locked"


def _holder(file: os.stat_result) -> int | None:
    """Find the process in `/proc/locks`, of which each line ends in `PID DEVICE:INODE START END`.

    Some file systems tell another device there than for the file; then the inode alone decides.
    """
    device = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}"
    found: dict[bool, int] = {}
    for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
        words = line.split()
        if len(words) < 8 or words[1] == "->":  # somebody who waits, too
            continue
        where, _, inode = words[5].rpartition(":")
        if inode == str(file.st_ino) and words[4].isdigit():
            found[where == device] = int(words[4])
    return found.get(True, found.get(False))


def _described(process: int) -> str:
    """Return a process's name and owner, in words; nothing for one that is gone."""
    try:
        name = Path(f"/proc/{process}/comm").read_text(errors="replace").strip()
        owner = Path(f"/proc/{process}").stat().st_uid
    except OSError:
        return ""
    return f" (`{name}`, of {user_name(owner)})"
