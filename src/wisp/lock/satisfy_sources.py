"""Checks of conda packages that are built from sources, as far as no back-end is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from wisp.lock.mismatch import Mismatch
from wisp.lock.mismatch_platform import NeedsBackend, SourceNotWanted
from wisp.lock.places import describe
from wisp.lock.question import PlatformQuestion
from wisp.specs.records import CondaRecord, CondaSourceRecord

#: From this version on source records say what they are built with.
_FIRST_WITH_BUILD_PACKAGES = 7


def check_old_sources(question: PlatformQuestion) -> Iterator[Mismatch]:
    """Yield a reason for each source package of a lock that does not say how it was built."""
    if question.lock_version >= _FIRST_WITH_BUILD_PACKAGES:
        return
    for record in question.records:
        if isinstance(record, CondaSourceRecord):
            yield _needs_backend(question, record.name, record.location)


def _needs_backend(question: PlatformQuestion, package: str, location: str) -> NeedsBackend:
    return NeedsBackend(
        package=package,
        location=location,
        **question.where,
    )


def check_sources(
    question: PlatformQuestion,
    records: Mapping[str, CondaRecord | CondaSourceRecord],
    visited: Set[str],
) -> Iterator[Mismatch]:
    """Yield reasons to doubt the locked source packages.

    Sources at a path and records without a version are doubtful until a back-end has told their
    metadata; others, at a fixed commit or URL, are trusted.
    """
    sources = [
        record
        for name, record in records.items()
        if isinstance(record, CondaSourceRecord) and name in visited
    ]
    asked = {one.name for one in question.inputs.dependencies if one.spec.is_source}
    asked.update(name for record in sources for name in record.raw.get("source_depends") or ())
    for record in sources:
        if record.name not in asked:
            yield SourceNotWanted(package=record.name, **question.where)
    for requirement in question.inputs.dev:
        location = requirement.spec.location
        place = describe(location) if location else requirement.name
        yield _needs_backend(question, requirement.name, place)
    for record in sources:
        if _is_doubtful(record) and record.location not in question.facts.unchanged_sources:
            yield _needs_backend(question, record.name, record.location)


def _is_doubtful(record: CondaSourceRecord) -> bool:
    is_partial = record.version is None or record.subdir is None
    return record.origin.is_local or is_partial
