"""From rattler's news of an installation to ours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from wisp.engine.lookout import endless
from wisp.report import BYTES, DOWNLOADING, Reporter

#: An archive of this many bytes is no flood, whatever its record says.
_LEAST = 1 << 20


class Received:
    """What has come of an installation's downloads, for who looks on (`wisp.engine.lookout`).

    `sizes` are bytes of archives by the names of packages, `largest` is that of one without.
    """

    def __init__(self, sizes: Mapping[str, int | None], largest: int) -> None:
        self._sizes = sizes
        self._largest = largest
        self._awaited = 0
        self._news = 0
        self._endless: tuple[str, int] | None = None

    def wait(self, change: int) -> None:
        """Count a package that is waited for, or is there."""
        self._awaited += change

    def came(self, package: str, more: int, whole: int) -> None:
        """Note that `more` bytes of a package came, `whole` in all."""
        self._news += more
        # A record may be wrong in a little; its archive does not have the right hash then.
        limit = max(_LEAST, 2 * (self._sizes.get(package) or self._largest))
        if whole > limit:
            self._endless = package, limit

    def heard(self) -> int | None:
        """Count all bytes; None while nothing is waited for. Raises `FetchError` for too many."""
        if self._endless is not None:
            package, limit = self._endless
            raise endless(f"the host of `{package}`", limit)
        return self._news if self._awaited > 0 else None


class LinkProgress:
    """The listener that rattler calls, from threads of its own, about one transaction.

    A download is told by its bytes, everything else by the count of finished operations. Tokens
    given to rattler are positions in our own lists. `check` is called with the name of each package
    before it is linked; what it raises rattler does not see. `locations` are URLs by name.
    `received` notes what comes.

    rattler's own class of listeners has a method for all that it tells, but its module loads half
    of the library.
    """

    def __init__(
        self,
        reporter: Reporter,
        label: str,
        check: Callable[[str], object] = lambda _name: None,
        locations: Mapping[str, str] = MappingProxyType({}),
        received: Received | None = None,
    ) -> None:
        self._reporter = reporter
        self._received = received or Received({}, 0)
        self._check = check
        self._label = label
        self._locations = locations
        self._linked: set[str] = set()
        self._unlinked: set[str] = set()
        self._guard = threading.Lock()
        self._linking = 0
        self._names: list[str] = []
        self._downloads: list[tuple[str, int, int]] = []

    def __getattr__(self, name: str) -> Callable[..., int]:
        """Answer news that nobody waits for."""
        if not name.startswith("on_"):
            raise AttributeError(name)
        return lambda *_: 0

    def on_transaction_start(self, total_operations: int) -> None:
        """Begin to count operations."""
        self._linking = self._reporter.start("linking", self._label, total_operations)

    def on_transaction_operation_complete(self, _operation: int) -> None:
        """Count a package that was linked, unlinked or both."""
        self._reporter.advance(self._linking)

    def on_transaction_complete(self) -> None:
        """End the count, and tell what came, went and changed."""
        self._reporter.finish(self._linking)
        self._reporter.count("installed", len(self._linked - self._unlinked), "conda")
        self._reporter.count("changed", len(self._linked & self._unlinked), "conda")
        self._reporter.count("removed", len(self._unlinked - self._linked), "conda")

    def on_link_start(self, _operation: int, package_name: str) -> int:
        """Let a package be judged that is unpacked, and about to be linked."""
        self._check(package_name)
        self._linked.add(package_name)
        self._reporter.mention(self._linking, package_name)
        return 0

    def on_unlink_start(self, _operation: int, package_name: str) -> int:
        """Remember what goes, or makes room for another of its name."""
        self._unlinked.add(package_name)
        return 0

    def on_populate_cache_start(self, _operation: int, package_name: str) -> int:
        """Remember the name, which a following download does not tell."""
        with self._guard:
            self._received.wait(+1)
            self._names.append(package_name)
            return len(self._names) - 1

    def on_populate_cache_complete(self, _cache_entry: int) -> None:
        """Wait for one less."""
        with self._guard:
            self._received.wait(-1)

    def on_download_start(self, cache_entry: int) -> int:
        """Begin to count the bytes of a package."""
        with self._guard:
            name = self._names[cache_entry]
            host = urlsplit(self._locations.get(name, "")).hostname or ""
            token = self._reporter.start(DOWNLOADING, name)
            self._reporter.describe(token, unit=BYTES, source=host)
            self._downloads.append((name, token, 0))
            return len(self._downloads) - 1

    def on_download_progress(self, download_idx: int, progress: int, total: int | None) -> None:
        """Count what came since the last call; rattler tells the sum."""
        with self._guard:
            name, token, before = self._downloads[download_idx]
            self._downloads[download_idx] = (name, token, progress)
            self._received.came(name, progress - before, progress)
        self._reporter.advance(token, progress - before, total)

    def on_download_completed(self, download_idx: int) -> None:
        """End the count of a package's bytes."""
        self._reporter.finish(self._downloads[download_idx][1])
