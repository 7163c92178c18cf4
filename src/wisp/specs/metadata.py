"""What a Python distribution or project says of itself, as far as locks record it."""

from __future__ import annotations

from wisp.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreMetadata:
    """Name and requirements of a distribution or of a local project.

    `version` is None where only a build tells it. Requirements and specifiers are spelled as
    locks spell them (`wisp.specs.requirement_text`), whether they were read from files, computed
    by a build back-end or taken from uv's cache.
    """

    name: str
    version: str | None = None
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
