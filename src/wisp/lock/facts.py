"""What was read of local sources before a lock is judged, so that judging stays pure."""

from __future__ import annotations

from collections.abc import Mapping

from wisp.specs.metadata import CoreMetadata
from wisp.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """Facts about sources outside the lock.

    `projects` maps locations of PyPI folders, spelled as in the lock, to what they say of
    themselves, `unreadable` those that say nothing to the reason; a folder that is in neither is
    trusted. `unchanged_sources` names conda source packages (by location)
    whose metadata a back-end has confirmed.
    """

    projects: Mapping[str, CoreMetadata] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    unchanged_sources: frozenset[str] = frozenset()


NO_FACTS = SourceFacts()
