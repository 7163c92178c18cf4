"""Notices of channels that were asked: fetched once, told at the end, remembered in the cache."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from wisp.engine.files import write_atomically
from wisp.errors import FetchError, HostError
from wisp.foreign import json_data
from wisp.layout import CACHE_FOLDERS
from wisp.specs.notices import Notice, Seen, due, notices_of, remembered, worded
from wisp.specs.url_secrets import shown
from wisp.trust import LARGEST, found_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from wisp.engine.http import HttpClient
    from wisp.report import Reporter

_FILE = "wisp-viewed-notices.json"
_SECONDS = 5.0
_WEB = ("http://", "https://")
#: Seconds since the epoch that no clock of ours will show.
_LATEST = 1e12
_LARGEST_ANSWER = 1 << 20


class ChannelNotices:
    """What channels tell, in one session. May be used from several threads.

    `http` gives the client once a channel of the web is to be asked, `cache` is the root of all
    caches.
    """

    def __init__(
        self, http: Callable[[], HttpClient], cache: Path, reporter: Reporter, now: datetime
    ) -> None:
        self._http = http
        self._file = cache / CACHE_FOLDERS["notices"] / _FILE
        self._reporter = reporter
        self._now = now.timestamp()
        self._asked: set[str] = set()
        self._guard = threading.Lock()

    def ask(self, channels: Iterable[str]) -> None:
        """Fetch the notices of channels of the web, each once, and tell those that are due.

        A channel that has none, or does not answer, is as good as any other. Offline nobody is
        asked.
        """
        with self._guard:
            web = [one for one in dict.fromkeys(channels) if one.startswith(_WEB)]
            new = [one for one in web if one not in self._asked]
            self._asked.update(new)
            if not new or self._http().offline:
                return
            found = [notice for url in new for notice in self._fetch(url)]
            if found:
                self._tell(found)

    def _fetch(self, channel: str) -> tuple[Notice, ...]:
        from wisp.engine.http_exchange import Bounds

        bounds = Bounds(size=_LARGEST_ANSWER, seconds=_SECONDS)
        try:
            answer = self._http().get(f"{channel.rstrip('/')}/notices.json", bounds=bounds)
            data = json_data(answer.body) if answer.status == 200 else None
        except (FetchError, ValueError):
            return ()
        return notices_of(data, shown(channel.rstrip("/")))

    def _tell(self, found: Iterable[Notice]) -> None:
        seen = _read(self._file)
        ready = due(found, seen, self._now)
        for notice in ready:
            self._reporter.notice(worded(notice))
        if ready:
            try:
                known = remembered(ready, seen, self._now)
                write_atomically(self._file, _text(known), lasting=False)
            except HostError as error:  # then it is shown again
                self._reporter.info(error.message)


def _read(file: Path) -> Seen:
    """Read which were shown; where that cannot be read, none was."""
    try:
        data = json_data(found_bytes(file, LARGEST))
    except (OSError, ValueError):
        return {}
    rows = data.items() if isinstance(data, dict) else ()
    return {key: (float(row[0]), float(row[1])) for key, row in rows if _is_row(row)}


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 2
        and all(isinstance(one, int | float) and 0 <= one < _LATEST for one in row)
    )


def _text(seen: Seen) -> str:
    import json

    return json.dumps({key: list(times) for key, times in sorted(seen.items())})
