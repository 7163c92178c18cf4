"""A lock file with the conflict markers of a merge: its two sides, and one lock of both.

Source: git-merge-file(1), the styles `merge`, `diff3` and `zdiff3`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wisp.errors import LockFileError, Place
from wisp.lock.graph import key_of
from wisp.lock.model import EnvironmentRow, LockFile
from wisp.lock.read import read
from wisp.platforms import Platform
from wisp.specs.records import Record
from wisp.values import replace

_OURS, _BASE, _MIDDLE, _THEIRS = "<<<<<<<", "|||||||", "=======", ">>>>>>>"


def sides_of(text: str) -> tuple[str, str] | None:
    """Part a text with conflict markers into what each side of the merge has; None without any."""
    if f"\n{_MIDDLE}" not in text or _OURS not in text:
        return None
    ours: list[str] = []
    theirs: list[str] = []
    into: tuple[list[str], ...] = (ours, theirs)
    found = False
    for line in text.splitlines(keepends=True):
        mark = line[: len(_OURS)]
        if mark == _OURS:
            into, found = (ours,), True
        elif mark == _BASE and len(into) == 1:
            into = ()
        elif mark == _MIDDLE and len(into) < 2:
            into = (theirs,)
        elif mark == _THEIRS and len(into) < 2:
            into = (ours, theirs)
        else:
            for side in into:
                side.append(line)
    return ("".join(ours), "".join(theirs)) if found else None


def merged_sides(sides: Iterable[str], file: str, platforms: Sequence[Platform] = ()) -> LockFile:
    """Make one lock of both sides: what the first has, and what only the other has.

    A side that does not read, since lines of the other got into it, gives nothing. The answer is
    `conflicted`: it has to be solved, from these versions, and written anew.
    """
    locks: list[LockFile] = []
    for text in sides:
        try:
            locks.append(read(text, file, platforms))
        except LockFileError:
            continue
    environments: dict[str, EnvironmentRow] = {}
    for lock in locks:
        for name, row in lock.environments.items():
            known = environments.get(name)
            environments[name] = row if known is None else _both(known, row)
    rows = {row.name: row for lock in reversed(locks) for row in lock.platforms}
    return LockFile(platforms=tuple(rows.values()), environments=environments, conflicted=True)


def _both(row: EnvironmentRow, other: EnvironmentRow) -> EnvironmentRow:
    platforms = dict.fromkeys((*row.packages, *other.packages))
    packages = {
        name: _joined(row.packages.get(name, ()), other.packages.get(name, ()))
        for name in platforms
    }
    return replace(row, packages=packages)


def _joined(records: Sequence[Record], others: Sequence[Record]) -> tuple[Record, ...]:
    known = set(map(key_of, records))
    return (*records, *(one for one in others if key_of(one) not in known))


def conflict(text: str, file: str) -> LockFileError:
    """Make the failure of a lock with conflict markers that has to be taken as it is."""
    line = text.count("\n", 0, text.index(_OURS)) + 1
    return LockFileError(
        f"the lock file `{file}` has the conflict markers of a merge",
        place=Place(file, line, 1, length=len(_OURS), text=text),
        hints=("resolve the manifest first, then run `pixi lock`: it solves from both sides",),
    )
