"""What was read of local sources before a lock is judged, so that judging stays pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMetadata:
    """Core metadata of a local Python project, as its files say it now.

    `version` is None where only a build tells it. `requires_dist` and `requires_python` are as
    in the metadata. `problem` says why nothing could be read (a back-end would have to run, the
    folder is gone, ...); the other fields then mean nothing.
    """

    name: str = ""
    version: str | None = None
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """Facts about sources outside the lock.

    `projects` maps locations of PyPI folders, spelled as in the lock, to their metadata; a folder
    that is not listed is trusted. `unchanged_sources` names conda source packages (by location)
    whose metadata a back-end has confirmed.
    """

    projects: Mapping[str, LocalMetadata] = field(default_factory=dict)
    unchanged_sources: frozenset[str] = frozenset()


NO_FACTS = SourceFacts()
