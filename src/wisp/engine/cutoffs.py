"""Channels seen through a filter: per-package and per-channel cut-offs, and offline mode.

rattler's solver knows a single moment for all records. A finer rule needs a source of our own
in front of the channel, which is slower: each record passes through Python.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from rattler import Channel, Gateway, PackageName, Subdir
from rattler.package_cache import CacheIndex
from rattler.repo_data.record import RepoDataRecord

from wisp.specs.inputs import ExcludeNewer

#: Tells whether a record of a channel is to be seen at all.
Passes = Callable[[RepoDataRecord], bool]


class FilteredChannel:
    """A channel of which only some records exist (the shape of rattler's `RepoDataSource`)."""

    def __init__(self, url: str, gateway: Gateway, filters: tuple[Passes, ...]) -> None:
        self._channel = Channel(url)
        self._gateway = gateway
        self._filters = filters

    async def fetch_package_records(
        self, platform: Subdir, name: PackageName
    ) -> list[RepoDataRecord]:
        """Return the records of one name on one subdir that pass all filters."""
        answer = await self._gateway.query(
            [self._channel], [platform], [name.normalized], recursive=False
        )
        return [row for rows in answer for row in rows if self._passes(row)]

    def package_names(self, platform: Subdir) -> list[str]:
        """Return no names: the solver asks for those it needs."""
        del platform
        return []

    def _passes(self, record: RepoDataRecord) -> bool:
        return all(passes(record) for passes in self._filters)


def moment(cutoff: datetime | None) -> datetime | None:
    """Spell a cut-off in UTC: rattler relabels any other zone as UTC without converting."""
    return None if cutoff is None else cutoff.astimezone(UTC)


def is_uniform(cutoffs: ExcludeNewer) -> bool:
    """Tell whether one moment holds for all conda packages, which rattler can judge alone."""
    return not cutoffs.packages and not cutoffs.channels


def cutoff_for(name: str, channel: str, cutoffs: ExcludeNewer) -> datetime | None:
    """Return the cut-off of a package: its own beats its channel's, which beats the default."""
    own = cutoffs.packages.get(name)
    if own is None:
        own = cutoffs.channels.get(channel.rstrip("/") + "/")
    return moment(own if own is not None else cutoffs.default)


def old_enough(channel: str, cutoffs: ExcludeNewer) -> Passes:
    """Make the filter that keeps what a channel had at the moments given.

    It judges as rattler does: the moment of indexing counts before that of building, a record
    exactly at the cut-off stays, and so does one without any moment.
    """

    def passes(record: RepoDataRecord) -> bool:
        cutoff = cutoff_for(record.name.normalized, channel, cutoffs)
        made = record.indexed_timestamp or record.timestamp
        return cutoff is None or made is None or made <= cutoff

    return passes


def in_cache(index: CacheIndex) -> Passes:
    """Make the filter that keeps what has been downloaded before."""
    return index.contains_record
