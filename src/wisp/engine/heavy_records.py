"""What channels list is looked at before rattler's solver is: some of it would end the process.

The solver reads requirements by calling itself, on stacks that no requirement without measure fits
on (`wisp.specs.heavy`). rattler has read all records by the time it begins, and keeps them: asked
for them before, it is done sooner afterwards.

To take a hundred thousand records into Python would take longer than to solve with them. So their
lists are looked through as bytes, and the records only where something may be found there.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rattler.platform.subdir import Subdir
from rattler.rattler import PyMatchSpec, PyRecord

from wisp.engine.cached_lists import list_of
from wisp.engine.gateway import ChannelAccess
from wisp.engine.list_looks import found_in, noted, remember
from wisp.engine.native_gateway import records_of
from wisp.engine.rattler_errors import TELL_OWNERS
from wisp.engine.wheel_listings import Source
from wisp.errors import FetchError
from wisp.specs.heavy import LONGEST, beginning, excess
from wisp.specs.url_secrets import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mmap import mmap

#: Where rattler keeps shards, below its folder of lists.
_SHARDS = "shards-v1"
#: What has fewer parentheses in all cannot nest too many of them.
_MANY = 1_000
#: What a requirement with a condition has, though not a package called `whenever`; or signs that
#: JSON spells as numbers.
_CONDITION = re.compile(rb"when(?:\s|\\[nrt]|\\u00..)*=|\\u00[2-7]")
#: A folder may change twice within one tick of the clock, of which one sees no more than one.
_TICK_NS = 1_000_000_000


async def refuse_heavy(
    specs: Sequence[PyMatchSpec],
    channels: Mapping[str, Source],
    platforms: Sequence[Subdir],
    access: ChannelAccess,
) -> None:
    """Have all fetched that a solve looks at, and refuse what its reader could not bear.

    `channels` are what the gateway is asked, by base URL.

    Raises `FetchError`, and rattler's `GatewayError` if a channel cannot be read.
    """
    gateway = access.native_gateway
    records = await records_of(gateway, list(channels.values()), platforms, specs, recursive=True)
    archives = any("://" in spec.as_str() for spec in specs)
    if not archives and not _any_doubts(channels, platforms, access):
        return
    for record in records:
        for text in _requirements(record):
            if (too_much := excess(text)) is not None:
                raise _refused(record, text, too_much)


def _requirements(record: PyRecord) -> Iterator[str]:
    yield from record.depends
    yield from record.constrains
    for texts in record.extra_depends.values():
        yield from texts


def _refused(record: PyRecord, text: str, too_much: str) -> FetchError:
    return FetchError(
        f"`{shown(record.url)}` requires what cannot be used",
        causes=[f"`{beginning(text)}` {too_much}"],
        hints=[TELL_OWNERS],
    )


def _any_doubts(
    channels: Iterable[str], platforms: Sequence[Subdir], access: ChannelAccess
) -> bool:
    """Tell whether what some channels list may have what is too much."""
    subdirs = [str(platform) for platform in platforms]
    lists = (list_of(url, subdir, access) for url in channels for subdir in subdirs)
    cache = access.repodata
    try:
        return _doubtful_shards(cache) or any(
            found_in(file, cache, "light", _is_doubtful) for file in lists if file is not None
        )
    except OSError:  # what cannot be looked through may have anything
        return True


def _doubtful_shards(cache: Path) -> bool:
    """Look through the shards that have come since the last look, which a note tells of.

    Raises `OSError`: another process may put its shards there, or clean the cache.
    """
    folder, note = cache / _SHARDS, cache / f"{_SHARDS}.light"
    try:
        changed = folder.stat().st_mtime_ns
    except FileNotFoundError:
        return False
    known = _moment_in(note)
    if known == changed:
        return False
    doubtful = any(map(_is_doubtful, _newer(folder, known - _TICK_NS)))
    if not doubtful and time.time_ns() - changed > _TICK_NS:
        remember(note, str(changed))
    return doubtful


def _moment_in(note: Path) -> int:
    """Return until when shards are known, in nanoseconds; no time at all if that is not told."""
    try:
        return int(noted(note) or 0)
    except ValueError:
        return 0


def _newer(folder: Path, moment: int) -> Iterator[bytes]:
    """Yield what is in the files that have come into a folder since a moment. Raises `OSError`."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file() and entry.stat().st_ctime_ns >= moment:
                yield Path(entry.path).read_bytes()


def _is_doubtful(text: bytes | mmap) -> bool:
    at = -1
    for _ in range(_MANY):
        at = text.find(b"(", at + 1)
        if at < 0:
            return len(text) > LONGEST and _CONDITION.search(text) is not None
    return True
