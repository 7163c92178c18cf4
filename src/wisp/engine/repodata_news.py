"""How far the reading of repodata has come, which rattler tells nobody: by what lies in its cache.

rattler unpacks repodata into a file of the cache while it comes in, so that its growth is the one
trace of a download. What is counted is therefore what was unpacked, not what came over the wire.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from wisp.report import BYTES, Reporter

_SECONDS = 0.25
#: What may have been written a moment before the clock was asked, on file systems that round.
_ROUNDED = 1.0
_watched: set[Path] = set()
_guard = threading.Lock()


@contextmanager
def tell_of_repodata(folder: Path, reporter: Reporter, source: str) -> Iterator[None]:
    """Tell a reporter of what grows in the cache of repodata as long as a `with` block runs.

    Only where somebody looks on, and one block at a time for each folder: others read from the
    same servers at the same moment, and their bytes lie beside its own.
    """
    with _guard:
        mine = reporter.watched and folder not in _watched
        if mine:
            _watched.add(folder)
    if not mine:
        yield
        return
    ended = threading.Event()
    began = time.time()
    growth = partial(grown_since, folder, began)
    words = (growth, growth(), reporter, source, ended)
    watch = threading.Thread(target=_watch, args=words, daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join()
        with _guard:
            _watched.discard(folder)


def _watch(
    growth: Callable[[], int],
    before: int,
    reporter: Reporter,
    source: str,
    ended: threading.Event,
) -> None:
    told = 0
    token: int | None = None
    while not ended.wait(_SECONDS):
        found = growth() - before
        if found <= told:
            continue
        if token is None:
            token = reporter.start("reading", "repodata")
            reporter.describe(token, unit=BYTES, source=source)
        reporter.advance(token, found - told)
        told = found
    if token is not None:
        reporter.finish(token)


def grown_since(folder: Path, moment: float) -> int:
    """Return the size in bytes of the files below a folder that were written after a moment."""
    total = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                        continue
                    found = entry.stat(follow_symlinks=False)
                    total += found.st_size if found.st_mtime >= moment - _ROUNDED else 0
        except OSError:  # it is not there yet, or was renamed meanwhile
            continue
    return total
