"""Packages in channels: what a query means, and its answer ordered for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wisp.engine.search import FoundRecord
from wisp.errors import FetchError
from wisp.patterns import pattern
from wisp.values import dataclass

_BARE_NAME = pattern(r"[A-Za-z0-9_.-]+")

#: Answers a match spec with records, newest first.
Find = Callable[[str], tuple[FoundRecord, ...]]


@dataclass(frozen=True, slots=True)
class FoundPackage:
    """All records of one name that a query found, newest first."""

    name: str
    records: tuple[FoundRecord, ...]

    def versions(self) -> dict[str, list[FoundRecord]]:
        """Group the records by version, newest first."""
        groups: dict[str, list[FoundRecord]] = {}
        for record in self.records:
            groups.setdefault(record.version, []).append(record)
        return groups

    def best_for(self, subdir: str) -> FoundRecord:
        """Return the newest record that a machine can use, or the newest of all."""
        usable = (row for row in self.records if row.subdir in {subdir, "noarch"})
        return next(usable, self.records[0])


def search(
    query: str, find: Find, near: Callable[[str], Sequence[str]] = lambda _name: ()
) -> tuple[FoundPackage, ...]:
    """Find packages, sorted by name.

    A bare name that no package has is taken as a part of a name; then those that begin with it
    come first. Where that finds nothing, `near` words what may have been meant.

    Raises:
        FetchError: Nothing was found, or a channel cannot be read.

    """
    packages = _by_name(find(query))
    if not packages and _BARE_NAME.fullmatch(query):
        packages = _by_name(find(f"*{query.lower()}*"))
        packages.sort(key=lambda package: not package.name.startswith(query.lower()))
    if not packages:
        meant = near(query.lower()) if _BARE_NAME.fullmatch(query) else ()
        raise FetchError(
            f"No packages found matching '{query}'",
            hints=[*meant, "Try glob patterns like 'python*' or '*numpy*'"],
        )
    return tuple(packages)


def _by_name(records: tuple[FoundRecord, ...]) -> list[FoundPackage]:
    names: dict[str, list[FoundRecord]] = {}
    for record in records:
        names.setdefault(record.name, []).append(record)
    return [FoundPackage(name, tuple(names[name])) for name in sorted(names)]
