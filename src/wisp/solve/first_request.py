"""Of several resolves that need the same packages, the first request asks the index for all.

uv processes share a cache but do not wait for each other: started together they would all fetch,
or all revalidate, the same pages. So whoever is first to need a package goes ahead, those who
need it too wait, and then run side by side with what the first has left in the cache. Resolves
without a package in common never wait for each other.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Set


class FirstRequest:
    """Who goes first, by package; may be asked from several threads."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._being_asked: set[str] = set()
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def of(self, names: Set[str]) -> Iterator[None]:
        """Wait until nobody else is the first to ask for one of `names`, and hold the request."""
        with self._changed:
            self._changed.wait_for(lambda: not names & self._being_asked)
            first = names - self._known
            self._being_asked |= first
        try:
            yield
        finally:
            with self._changed:
                self._being_asked -= first
                self._known |= first
                self._changed.notify_all()
