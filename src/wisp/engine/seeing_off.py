"""What rattler goes on fetching after it was given up takes no room on the disk.

To cancel a call of rattler's does not end the downloads that it has begun: its threads go on with
them, and begin anew where one fails, until the host is done or the time for a whole request is
over. A command ends them with its process. A program that uses wisp lives on, so there somebody
stays and looks: drafts that outgrow all reason go again, and of those that are removed but still
written to, whatever is in them.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

_PAUSE = 1.0
#: After so many looks without an open draft nobody fetches any more; rattler tries again sooner.
_QUIET_LOOKS = 20
_OWN = "/proc/self/fd"
_GONE = " (deleted)"


def see_off(folders: Sequence[Path], look: Callable[[], object], seconds: float) -> None:
    """Keep drafts in folders small from now on, for so long at most, in a thread of our own.

    `look` removes what is too large.
    """
    names = tuple(f"{os.path.realpath(folder)}{os.sep}." for folder in folders)
    arguments = (names, look, time.monotonic() + seconds)
    threading.Thread(target=_stay, args=arguments, daemon=True, name="wisp-seeing-off").start()


def _stay(names: tuple[str, ...], look: Callable[[], object], end: float) -> None:
    quiet = 0
    while quiet < _QUIET_LOOKS and time.monotonic() < end:
        drafts = list(_open_drafts(names))
        for number, link in drafts:
            if link.endswith(_GONE):
                _empty(number, link)
        quiet = 0 if drafts else quiet + 1
        with contextlib.suppress(Exception):  # it says that something was too large
            look()
        time.sleep(_PAUSE)


def _open_drafts(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Find what this process has open of drafts in folders: descriptor and path (Linux)."""
    with contextlib.suppress(OSError):
        for number in os.listdir(_OWN):  # noqa: PTH208 - no more than names are wanted
            with contextlib.suppress(OSError):
                link = os.readlink(f"{_OWN}/{number}")  # noqa: PTH115
                if link.startswith(names):
                    yield number, link


def _empty(number: str, link: str) -> None:
    """Take out what is in a file that has no name any more, unless its descriptor is another's."""
    with contextlib.suppress(OSError):
        again = os.open(f"{_OWN}/{number}", os.O_WRONLY | os.O_CLOEXEC)
        try:
            if os.readlink(f"{_OWN}/{again}") == link:  # noqa: PTH115
                os.ftruncate(again, 0)
        finally:
            os.close(again)
