"""A look, now and then, at what rattler fetches: who sends nothing, or without end, is left.

rattler knows one time-out for a whole request, which has to do for the largest package on the
slowest line, and no size. What it fetches it writes below a folder of ours, as drafts whose names
begin with a dot. So whoever waits looks there: nothing new for a while, with the processor idle as
well, is a silent host; a draft that outgrows all reason is a hostile one. Solving and linking keep
the processor busy, and what another process fetches for us grows in the same folders.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from wisp.engine.memory import resident
from wisp.engine.rattler_errors import CHECK_NETWORK, TELL_OWNERS
from wisp.engine.seeing_off import see_off
from wisp.engine.waiting import tell
from wisp.errors import FetchError
from wisp.specs.settings import Patience

#: How much of a processor is idle: what waits for the network uses hardly any.
_IDLE = 0.1
#: How slow is silent, in bytes a second.
_DRIP = 100
#: Looking takes at most this part of the time.
_PART = 0.05
_LONGEST_PAUSE = 30.0
#: What a file or folder takes at least, in bytes: a million empty ones are no small package.
_ENTRY = 4096
#: By how many seconds the clock of a file system may be behind ours.
_SKEW = 5.0


class Lookout:
    """What one call of rattler's is watched by; `look` raises once it has gone too far.

    `folders` are where it writes, `asked` the URLs that it asks. `heard` gives a count that grows
    with whatever else is news of it, or None while no host is waited for; it may raise. `limits`
    are the largest sizes of drafts, by the beginnings of their names. By `memory` bytes this
    process may grow: lists of packages that come in parts are unpacked there, and nowhere else.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        asked: Sequence[str],
        patience: Patience,
        heard: Callable[[], int | None] = lambda: 0,
        limits: Mapping[str, int] = MappingProxyType({}),
        memory: int | None = None,
    ) -> None:
        self.folders = folders
        self._asked = asked
        self._patience = patience
        self._heard = heard
        self._limits = limits
        self._memory = memory
        self._had = resident(os.getpid()) if memory is not None else 0
        self._begun = time.time()
        self._next = 0.0
        self._quiet_since = (time.monotonic(), time.process_time(), 0)
        self._told = False

    def look(self) -> None:
        """See how far it is. Raises `FetchError` for silence and for what has no end."""
        begun = time.monotonic()
        if begun < self._next:
            return
        try:
            self._judge_memory()
            heard = self._heard()
            self._judge_silence(None if heard is None else self._grown() + heard, begun)
        except FetchError:
            see_off(self.folders, self._grown, self._patience.whole)
            raise
        cost = time.monotonic() - begun
        self._next = begun + min(_LONGEST_PAUSE, cost / _PART)

    def _judge_memory(self) -> None:
        if self._memory is not None and resident(os.getpid()) - self._had > self._memory:
            raise FetchError(
                f"it took more than {self._memory >> 20} MB to read what {self._hosts} sent",
                hints=[TELL_OWNERS],
            )

    def _grown(self) -> int:
        """Count the bytes of drafts that are not older than we; refuse what is too large."""
        total = 0
        for entry in (one for folder in self.folders for one in _entries(folder)):
            if entry.name.startswith(".") and _changed(entry) > self._begun - _SKEW:
                size, count = _measured(entry.path)
                if count > self._patience.files:
                    _remove(entry.path)
                    raise crowded(self._named(entry.name), self._patience.files)
                largest = self._limit(entry.name)
                if size > largest:
                    _remove(entry.path)
                    raise endless(self._hosts, largest)
                total += size
        return total

    def _limit(self, name: str) -> int:
        known = (size for start, size in self._limits.items() if name.startswith(start))
        return max(self._patience.largest, *known, 0)

    def _named(self, draft: str) -> str:
        starts = [start for start in self._limits if draft.startswith(start)]
        return f"`{max(starts, key=len)[1:-1]}`" if starts else f"what {self._hosts} sent"

    def _judge_silence(self, heard: int | None, moment: float) -> None:
        since, busy, before = self._quiet_since
        silent, used = moment - since, time.process_time() - busy
        if heard is None or heard - before > _DRIP * silent or used > _IDLE * max(silent, 1.0):
            if heard is None or silent > 1.0:
                self._quiet_since = (moment, time.process_time(), heard or 0)
                self._told = False
        elif silent > self._patience.silence:
            raise FetchError(
                f"{self._hosts} sent nothing for {self._patience.silence:.0f} seconds",
                hints=[CHECK_NETWORK],
            )
        elif silent > self._patience.silence / 3 and not self._told:
            self._told = True
            tell(f"{self._hosts} sent nothing for {silent:.0f} seconds; still waiting")

    @property
    def _hosts(self) -> str:
        hosts = dict.fromkeys(filter(None, (urlsplit(url).hostname for url in self._asked)))
        return " or ".join(f"`{host}`" for host in hosts) or "the channel"


def endless(host: str, largest: int) -> FetchError:
    """Word that a host sent more than `largest` bytes."""
    return FetchError(
        f"what {host} sent was longer than {largest >> 20} MB and is not kept",
        hints=[TELL_OWNERS],
    )


def crowded(what: str, most: int) -> FetchError:
    """Word that a package unpacks to more than `most` files and folders."""
    return FetchError(
        f"{what} unpacks to more than {most} files and is not kept",
        hints=[TELL_OWNERS],
    )


def _remove(path: str) -> None:
    """Free what a draft takes, although its writer may still have it open."""
    if os.path.isdir(path):  # noqa: PTH112
        from wisp.engine.trees import remove_tree

        remove_tree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108


def _entries(folder: str | os.PathLike[str]) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return


def _changed(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_ctime
    except OSError:
        return 0.0


def _measured(path: str) -> tuple[int, int]:
    """Count bytes and entries of a file, or of all in a folder; what vanishes counts nothing."""
    try:
        found = os.lstat(path)
    except OSError:
        return 0, 0
    if not stat.S_ISDIR(found.st_mode):
        return found.st_size, 1
    inner = [_measured(entry.path) for entry in _entries(path)]
    return sum(max(_ENTRY, size) for size, _ in inner), 1 + sum(count for _, count in inner)
