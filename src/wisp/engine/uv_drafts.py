"""A bound on what uv fetches, which has none itself: neither of size nor of time.

Pages of indexes and metadata uv reads into its memory, so that has a bound too, where the system
tells how much another process has (Linux). What builds need is that of processes of their own.

uv ends a download that is silent (`UV_HTTP_TIMEOUT`, 30 seconds), but not one that drips or never
ends. It unpacks what it fetches while it comes, into drafts in its cache: `.tmpXXXXXX` at the top
for wheels, in `sdists-vN` for source distributions. What builds make lies elsewhere.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from pathlib import Path

from wisp.engine.idleness import work_of
from wisp.engine.lookout import Lookout
from wisp.engine.memory import bearable, resident
from wisp.engine.rattler_errors import CHECK_NETWORK
from wisp.engine.waiting import tell
from wisp.errors import FetchError
from wisp.specs.settings import Patience
from wisp.values import replace

_DRAFTS = ".tmp*"
_PLACES = ("", "sdists-v*")
#: A draft is unpacked already, and some wheels hold whole GPU libraries.
_UNPACKED = 4
#: So little of a processor, in seconds, is none: who waits for the network uses hardly any.
_IDLE = 0.1


class UvDrafts:
    """Watches the drafts in a cache of uv's during one call; `hosts` are asked, for messages."""

    def __init__(self, cache: Path, hosts: Iterable[str], patience: Patience) -> None:
        self._cache = cache
        self._hosts = sorted(set(hosts))
        self._whole = patience.whole
        self._memory = bearable(patience.memory)
        self._bounds = replace(patience, silence=math.inf, largest=patience.largest * _UNPACKED)
        self._lookouts: dict[Path, Lookout] = {}
        self._since: dict[Path, float] = {}
        self._silence = patience.silence / 3
        self._quiet_since = (time.monotonic(), 0.0)
        self._told = False

    def look(self, pid: int) -> None:
        """See how far uv is. Raises `FetchError` for what has no end, in size or in time."""
        self._judge_memory(pid)
        self._tell_of_silence(pid)
        for folder in (found for place in _PLACES for found in self._folders(place)):
            if folder not in self._lookouts:
                urls = [f"//{host}" for host in self._hosts]
                self._lookouts[folder] = Lookout((folder,), urls, self._bounds)
            self._lookouts[folder].look()
        self._judge_time()

    def _folders(self, place: str) -> Iterable[Path]:
        return self._cache.glob(place) if place else (self._cache,)

    def _judge_memory(self, pid: int) -> None:
        if resident(pid) > self._memory:
            raise FetchError(
                f"uv took more than {self._memory >> 20} MB to read what {self._named()} sent",
                hints=["tell the owners of the index, or leave it out"],
            )

    def _tell_of_silence(self, pid: int) -> None:
        """Say once that uv waits: it ends a silent download itself, but after minutes.

        Who works or lets others work is not silent. A few bytes now and then are no work to see.
        """
        now, work = time.monotonic(), work_of(pid)
        since, before = self._quiet_since
        if work is None or work - before > _IDLE:
            self._quiet_since, self._told = (now, work or 0.0), False
        elif now - since > self._silence and not self._told:
            self._told = True
            seconds = f"{self._silence:.0f} seconds"
            tell(f"{self._named()} sent nothing, or hardly anything, for {seconds}; still waiting")

    def _named(self) -> str:
        return " or ".join(f"`{host}`" for host in self._hosts) or "an index"

    def _judge_time(self) -> None:
        now = time.monotonic()
        there = (
            draft
            for place in _PLACES
            for draft in self._cache.glob(f"{place}/{_DRAFTS}".lstrip("/"))
        )
        self._since = {draft: self._since.get(draft, now) for draft in there}
        if any(now - since > self._whole for since in self._since.values()):
            raise FetchError(
                f"{self._named()} did not send a package whole in {self._whole} seconds",
                hints=[CHECK_NETWORK],
            )
