"""What local sources say now, read before a lock is judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wisp.errors import FetchError
from wisp.lock.entries import is_folder
from wisp.lock.facts import LocalMetadata, SourceFacts
from wisp.lock.model import LockFile
from wisp.specs.records import PypiRecord

if TYPE_CHECKING:
    from wisp.api.workspace import Workspace


def source_facts(workspace: Workspace, lock: LockFile) -> SourceFacts:
    """Read the metadata of every local Python project the lock refers to.

    Projects whose metadata only their build back-end knows are left out, and so trusted: what
    they say is read when they are locked, and again when they are installed.
    """
    locations = {
        record.location
        for environment in lock.environments.values()
        for records in environment.packages.values()
        for record in records
        if isinstance(record, PypiRecord) and is_folder(record.location)
    }
    found = {location: _metadata(workspace.root / location) for location in sorted(locations)}
    return SourceFacts(projects={key: value for key, value in found.items() if value is not None})


def _metadata(folder: Path) -> LocalMetadata | None:
    from wisp.engine.local_metadata import NeedsBuild, static_metadata

    try:
        read = static_metadata(folder)
    except FetchError as error:
        return LocalMetadata(problem=error.message)
    if isinstance(read, NeedsBuild):
        return None
    return LocalMetadata(
        name=read.name,
        version=read.version,
        requires_dist=read.requires_dist,
        requires_python=read.requires_python,
    )
