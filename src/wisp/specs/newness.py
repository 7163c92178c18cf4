"""Which conda records are too new to exist: cut-offs, and what they do not hold for.

The moment when a channel listed a record counts before that when it was built. A record exactly at
a cut-off stays, and so does one without any moment.
"""

from __future__ import annotations

from datetime import UTC, datetime

from wisp.specs.inputs import ExcludeNewer, Exempted
from wisp.specs.locations import Location, UrlLocation
from wisp.specs.match import requirement_spec
from wisp.specs.records import CondaRecord
from wisp.values import replace


def cutoff_for(name: str, channel: str, cutoffs: ExcludeNewer) -> datetime | None:
    """Return the cut-off of a package: its own beats its channel's, which beats the default."""
    own = cutoffs.packages.get(name)
    if own is None:
        own = cutoffs.channels.get(channel.rstrip("/") + "/")
    return own if own is not None else cutoffs.default


def moment_of(record: CondaRecord) -> datetime | None:
    """Return when a record could first be had, as far as is known."""
    made = record.published
    return None if made is None else datetime.fromtimestamp(made / 1000, UTC)


def missed(record: CondaRecord, cutoffs: ExcludeNewer) -> datetime | None:
    """Return the cut-off for which a record is too new, None where it may exist."""
    cutoff = cutoff_for(record.name, record.channel or "", cutoffs)
    made = moment_of(record)
    if cutoff is None or made is None or made <= cutoff:
        return None
    return None if any(lets_in(one, record) for one in cutoffs.exempted) else cutoff


def lets_in(exempted: Exempted, record: CondaRecord) -> bool:
    """Tell whether an exemption holds for a record."""
    if not _is_meant(exempted, record):
        return False
    made = moment_of(record)
    return exempted.until is None or (made is not None and made <= exempted.until)


def _is_meant(exempted: Exempted, record: CondaRecord) -> bool:
    requirement = exempted.requirement
    spec = requirement.spec
    if requirement.name != record.name or not _is_at(spec.location, record):
        return False
    if spec.file_name is not None and spec.file_name != record.location.rpartition("/")[2]:
        return False
    if spec.channel is not None and spec.channel.rstrip("/") != record.channel:
        return False
    if not set(spec.track_features) <= set(record.track_features):
        return False
    rest = replace(requirement, spec=replace(spec, track_features=()))
    return requirement_spec(rest).matches(record)


def _is_at(location: Location | None, record: CondaRecord) -> bool:
    """Tell whether a record is the archive that is named, if one is."""
    if location is None:
        return True
    return (
        isinstance(location, UrlLocation)
        and record.location == location.url.partition("#")[0]
        and location.md5 in (None, record.md5)
        and location.sha256 in (None, record.sha256)
    )
