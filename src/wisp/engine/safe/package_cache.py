"""Which entries of the shared package cache may be linked, and for which records.

rattler names an entry after name, version and build, and keeps beside it the SHA-256 that it
verified, if the record had one. An entry without it serves any record of that name; and after a
download that did not have its hash, what was there before stands under the new one. So:

- a record without a SHA-256 never enters the shared cache: its package is unpacked in a folder
  that lives as long as the installation,
- what stands there under another SHA-256 than the record's, or none, is removed before rattler
  looks, under the locks that rattler takes, so that nobody is linking it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from wisp.engine.file_locks import held_file
from wisp.engine.safe.cache_drafts import CACHE_LOCK, sweep_drafts
from wisp.engine.scratch import scratch_folder
from wisp.errors import HostError
from wisp.layout import UNVERIFIED_PACKAGES
from wisp.specs.records import CondaRecord
from wisp.trust import without_waiting
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rattler.package_cache.package_cache import PackageCache

    from wisp.engine.gateway import ChannelAccess
    from wisp.specs.settings import CacheFolders

#: In an entry's lock file: a revision of eight bytes, then the digest.
_CLAIM = slice(8, 40)


@dataclass(frozen=True, slots=True)
class VouchedCache:
    """A cache for one installation, and the folders where its entries may lie."""

    cache: PackageCache
    folders: tuple[Path, ...]


@contextlib.contextmanager
def vouched_cache(
    records: Sequence[CondaRecord], held: frozenset[str], access: ChannelAccess
) -> Iterator[VouchedCache]:
    """Give a cache from which only what was verified against its record can be linked.

    `held` names the records of which that is known already (`holds`).

    Raises:
        HostError: The operating system refuses a folder.

    """
    caches = access.settings.caches
    shared = caches.conda_packages
    if any(record.name not in held for record in records):  # else nothing is unpacked there
        sweep_drafts(shared)
    apart = {
        record.name for record in records if record.name not in held and not _clear(caches, record)
    }
    if not apart:
        yield VouchedCache(access.package_cache, (shared,))
        return
    with scratch_folder(caches.root, UNVERIFIED_PACKAGES) as own:
        yield VouchedCache(_split(shared, own, apart), (shared, own))


def holds(caches: CacheFolders, record: CondaRecord) -> bool:
    """Whether the cache has an entry for a record, whole and verified against its digest.

    Where several users might write, only what one of them noted whom we believe counts.
    """
    if record.sha256 is None:
        return False
    entry = f"{caches.conda_packages}/{_stem(record)}"
    try:
        # Paths as text: it costs for each package. A pipe there holds nobody up.
        with open(f"{entry}.lock", "rb", buffering=0, opener=without_waiting) as file:
            claim = file.read(_CLAIM.stop) or b""
            verified = claim[_CLAIM].hex() == record.sha256.lower()
            if caches.owners is not None:
                makers = {os.fstat(file.fileno()).st_uid, os.lstat(entry).st_uid}
                verified = verified and makers <= caches.owners
    except OSError:
        return False
    return verified and os.path.exists(f"{entry}/info/index.json")  # noqa: PTH110


@contextlib.contextmanager
def held_entry(shared: Path, stem: str) -> Iterator[int]:
    """Hold an entry, which nobody links meanwhile, and yield the descriptor of its lock file.

    rattler holds the cache as long as it installs; earlier releases, as other programs may have,
    hold the cache and then each entry, or entries alone.

    Raises:
        HostError: The operating system refuses.

    """
    with held_file(shared / CACHE_LOCK), held_file(shared / f"{stem}.lock") as held:
        yield held


def _clear(caches: CacheFolders, record: CondaRecord) -> bool:
    """Remove an entry that nobody vouches for; tell whether the record may use the cache."""
    if holds(caches, record):
        return True
    if record.sha256 is None:
        return False
    shared = caches.conda_packages
    folder = shared / _stem(record)
    if not os.path.lexists(folder):
        return True
    from wisp.engine.trees import remove_tree

    try:
        with held_entry(shared, _stem(record)) as held:
            if not holds(caches, record):  # another program may have fetched the right one
                remove_tree(folder)
                os.ftruncate(held, 0)
    except (OSError, HostError):
        return False  # e.g. a cache that may only be read
    return True


def _stem(record: CondaRecord) -> str:
    return f"{record.name}-{record.version}-{record.build}"


def _split(shared: Path, own: Path, apart: set[str]) -> PackageCache:
    """Make a cache that keeps the packages of these names in a folder of their own."""
    from rattler.match_spec.match_spec import MatchSpec
    from rattler.package_cache.package_cache import PackageCache, PackageCacheLayer

    first, second = PackageCacheLayer(own), PackageCacheLayer(shared)
    for spec in map(MatchSpec, sorted(apart)):
        first, second = first.with_filter(spec), second.excluding(spec)
    return PackageCache.from_layers([first, second])
