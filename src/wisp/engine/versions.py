"""Versions counted up, by rattler's rules."""

from __future__ import annotations

from collections.abc import Callable

from rattler.version.version import Version

from wisp.specs.similarity import one_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Bump = Literal["major", "minor", "patch"]


_RAISED: dict[Bump, Callable[[Version], Version]] = {
    "major": Version.bump_major,
    "minor": Version.bump_minor,
    "patch": Version.bump_patch,
}


def bumped(version: str, bump: Bump) -> str:
    """Raise one of the first three parts of a version; the numbers behind it begin at zero.

    `1.2` → `2.0` (major), `2.1` → `2.1.1` (patch); letters stay (`1.0a1` → `2.0a1`).
    """
    return str(_RAISED[one_of(bump, _RAISED)](Version(version)))
