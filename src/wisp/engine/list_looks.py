"""Looking through what rattler keeps of channels' lists, once for each state of a file.

What is looked for is seldom there. So a note beside the lists says of a large one that it has not
been found, as long as size and time of the file are the same.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

from wisp.engine.cached_lists import cached_as
from wisp.engine.files import write_atomically
from wisp.errors import HostError

#: From so many bytes on, a file is worth a note.
_LARGE = 4 << 20


def found_in(file: Path, cache: Path, suffix: str, look: Callable[[mmap.mmap], bool]) -> bool:
    """Tell whether a look finds something in a list. Raises `OSError` if the list is gone.

    The note in `cache` that it finds nothing has a suffix of its own.
    """
    status = file.stat()
    if status.st_size < _LARGE:
        return status.st_size > 0 and _looked_at(file, look)
    stamp = f"{file} {status.st_size} {status.st_mtime_ns}"
    note = cache / f"{cached_as(str(file))}.{suffix}"
    if noted(note) == stamp:
        return False
    found = _looked_at(file, look)
    if not found:
        remember(note, stamp)
    return found


def _looked_at(file: Path, look: Callable[[mmap.mmap], bool]) -> bool:
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return look(text)


def noted(note: Path) -> str | None:
    """Return what a note says, if there is one."""
    try:
        return note.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def remember(note: Path, text: str) -> None:
    """Write a note; where that is not possible, one looks again the next time."""
    try:
        write_atomically(note, text, lasting=False)
    except HostError:
        return
