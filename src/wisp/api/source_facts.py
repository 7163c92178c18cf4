"""What local sources say now, read before a lock is judged."""

from __future__ import annotations

from pathlib import Path

from wisp.errors import FetchError
from wisp.lock.facts import NO_FACTS, SourceFacts
from wisp.lock.model import LockFile
from wisp.specs.metadata import CoreMetadata
from wisp.specs.origins import LocalFolder
from wisp.specs.records import PypiRecord


def source_facts(root: Path, lock: LockFile) -> SourceFacts:
    """Read the metadata of every local Python project the lock refers to; `root` is its folder.

    Projects whose metadata only their build back-end knows are left out, and so trusted: what
    they say is read when they are locked, and again when they are installed.
    """
    locations = {
        record.location
        for record in lock.records()
        if isinstance(record, PypiRecord) and isinstance(record.origin, LocalFolder)
    }
    if not locations:
        return NO_FACTS
    from wisp.engine.local_metadata import NeedsBuild, static_metadata

    projects: dict[str, CoreMetadata] = {}
    unreadable: dict[str, str] = {}
    for location in sorted(locations):
        try:
            found = static_metadata(root / location)
        except FetchError as error:
            unreadable[location] = error.message
            continue
        if not isinstance(found, NeedsBuild):
            projects[location] = found
    return SourceFacts(projects=projects, unreadable=unreadable)
