"""Channels seen through a filter: per-package and per-channel cut-offs, and offline mode.

rattler's solver knows a single moment for all records. A finer rule needs a source of our own
in front of the channel, which is slower: each record passes through Python.
"""

from __future__ import annotations

from collections.abc import Callable

from wisp.engine.records import from_rattler
from wisp.engine.wheel_listings import Source
from wisp.specs.inputs import ExcludeNewer
from wisp.specs.newness import cutoff_for, missed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rattler.package.package_name import PackageName
    from rattler.package_cache.package_cache import CacheIndex
    from rattler.platform.subdir import Subdir
    from rattler.repo_data.gateway import Gateway
    from rattler.repo_data.record import RepoDataRecord

    #: Tells whether a record of a channel is to be seen at all.
    Passes = Callable[[RepoDataRecord], bool]


class FilteredChannel:
    """A channel of which only some records exist (the shape of rattler's `RepoDataSource`).

    `too_new` are the names of which something was too new, which the solver does not hear of.
    """

    def __init__(
        self,
        channel: Source,
        gateway: Gateway,
        *,
        cached: Passes | None = None,
        old_enough: Passes | None = None,
    ) -> None:
        self._channel = channel
        self._gateway = gateway
        self._cached = cached
        self._old_enough = old_enough
        self.too_new: set[str] = set()

    async def fetch_package_records(
        self, platform: Subdir, name: PackageName
    ) -> list[RepoDataRecord]:
        """Return the records of one name on one subdir that pass all filters."""
        answer = await self._gateway.query(
            [self._channel], [platform], [name.normalized], recursive=False
        )
        found = [row for rows in answer for row in rows]
        if self._cached is not None:
            found = list(filter(self._cached, found))
        if self._old_enough is None:
            return found
        old = list(filter(self._old_enough, found))
        if len(old) < len(found):
            self.too_new.add(name.normalized)
        return old

    def package_names(self, platform: Subdir) -> list[str]:
        """Return no names: the solver asks for those it needs."""
        del platform
        return []


def is_uniform(cutoffs: ExcludeNewer) -> bool:
    """Tell whether one moment holds for all conda packages, which rattler can judge alone."""
    if cutoffs.is_conda_free:
        return True
    return not (cutoffs.packages or cutoffs.channels or cutoffs.exempted)


def old_enough(channel: str, cutoffs: ExcludeNewer) -> Passes:
    """Make the filter that keeps what a channel had at the moments given, and what is exempted.

    It judges as rattler does (`wisp.specs.newness`). Only what is too new for its cut-off is
    compared with exemptions, for which it has to become a record of ours.
    """
    exempted = {one.requirement.name for one in cutoffs.exempted}

    def passes(record: RepoDataRecord) -> bool:
        name = record.name.normalized
        cutoff = cutoff_for(name, channel, cutoffs)
        made = record.indexed_timestamp or record.timestamp
        if cutoff is None or made is None or made <= cutoff:
            return True
        return name in exempted and missed(from_rattler(record), cutoffs) is None

    return passes


def in_cache(index: CacheIndex) -> Passes:
    """Make the filter that keeps what has been downloaded before."""
    return index.contains_record
