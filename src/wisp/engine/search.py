"""Looking packages up in channels, without solving."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rattler.exceptions import GatewayError
from rattler.match_spec.match_spec import MatchSpec
from rattler.platform.subdir import Subdir
from rattler.repo_data.record import RepoDataRecord
from rattler.version.version import Version

from wisp.engine import loop
from wisp.engine.gateway import ChannelAccess
from wisp.engine.native_gateway import platforms_of
from wisp.engine.rattler_errors import unreachable
from wisp.engine.solver import parse_spec
from wisp.engine.wheel_listings import sources_of
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A package of a channel: what names it, and all that repodata says (`url`, `fn`, …)."""

    name: str
    version: str
    build: str
    subdir: str
    row: Mapping[str, Any]


def find_records(
    spec: str, channels: Sequence[str], subdirs: Sequence[str], access: ChannelAccess
) -> tuple[FoundRecord, ...]:
    """Return what matches a spec, newest first; its name may be a glob or a `^regex$`.

    Newest means: by version, then build number, then time of building.

    Raises:
        SolveError: The spec is none.
        FetchError: A channel cannot be read.

    """
    wanted, access = parse_spec(spec, globs=True), access.of(channels)
    return loop.call(
        _find(wanted, tuple(channels), tuple(subdirs), access), look=access.lookout(channels).look
    )


def newest_records(
    names: Sequence[str], channels: Sequence[str], subdirs: Sequence[str], access: ChannelAccess
) -> dict[tuple[str, str], FoundRecord]:
    """Map name and channel (without a slash at its end) to the newest package there.

    Raises `FetchError` if a channel cannot be read.
    """
    specs = tuple(parse_spec(name) for name in names)
    found: dict[tuple[str, str], RepoDataRecord] = {}
    access = access.of(channels)
    look = access.lookout(channels).look
    for row in loop.call(_rows(specs, tuple(channels), tuple(subdirs), access), look=look):
        key = (row.name.normalized, (row.channel or "").rstrip("/"))
        if key not in found or _age(row) > _age(found[key]):
            found[key] = row
    return {key: _found(row) for key, row in found.items()}


def known_names(channels: Sequence[str], subdir: str, access: ChannelAccess) -> frozenset[str]:
    """Return the names of all packages for a subdir. Raises `FetchError` if it cannot be known."""
    access = access.of(channels)
    return loop.call(_names(tuple(channels), subdir, access), look=access.lookout(channels).look)


async def _names(channels: tuple[str, ...], subdir: str, access: ChannelAccess) -> frozenset[str]:
    platforms = platforms_of(subdir)
    try:
        sources = await sources_of(channels, platforms, access)
        found = await access.gateway.names(sources, platforms)
    except GatewayError as error:
        offline = access.settings.network.offline
        raise unreachable(str(error), offline=offline, channels=channels) from error
    return frozenset(name.normalized for name in found)


async def _find(
    spec: MatchSpec, channels: tuple[str, ...], subdirs: tuple[str, ...], access: ChannelAccess
) -> tuple[FoundRecord, ...]:
    rows = await _rows((spec,), channels, subdirs, access)
    matching = [row for row in rows if spec.matches(row)]
    return tuple(_found(row) for row in sorted(matching, key=_age, reverse=True))


async def _rows(
    specs: tuple[MatchSpec, ...],
    channels: tuple[str, ...],
    subdirs: tuple[str, ...],
    access: ChannelAccess,
) -> list[RepoDataRecord]:
    """Return what channels have for specs, and perhaps more."""
    platforms = [Subdir(subdir) for subdir in subdirs]
    try:
        sources = await sources_of(channels, platforms, access)
        answer = await access.gateway.query(sources, platforms, list(specs), recursive=False)
    except GatewayError as error:
        offline = access.settings.network.offline
        raise unreachable(str(error), offline=offline, channels=channels) from error
    return [row for rows in answer for row in rows]


def _age(record: RepoDataRecord) -> tuple[Version, int, float]:
    made = record.timestamp
    return record.version, record.build_number, made.timestamp() if made else 0.0


def _found(record: RepoDataRecord) -> FoundRecord:
    row = json.loads(record.to_json())
    return FoundRecord(row["name"], str(row["version"]), row["build"], row["subdir"], row)
