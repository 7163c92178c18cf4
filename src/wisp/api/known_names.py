"""The names that an unfinished command line may go on with, as those of tasks and packages.

They come from the snapshot of the fast lane where that holds, else from the manifest; those of
packages from the lines of the lock, which say enough of them without being parsed. Nothing is
written, and nothing of the workspace runs.
"""

from __future__ import annotations

import os

from wisp.api.packed_tasks import ARGS, DESCRIPTION
from wisp.api.trusted import Doubt, trusted
from wisp.layout import LOCK_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

#: A lock of more bytes is not worth the wait.
_READABLE = 32 << 20
_ARCHIVES = (".conda", ".tar.bz2")


class Names:
    """The names of a workspace.

    `tables` and `facts` are those of a snapshot; `lock` is the path of the lock, which may be
    missing.
    """

    __slots__ = (
        "_tables",
        "channels",
        "environments",
        "features",
        "lock",
        "platforms",
        "requested",
    )

    def __init__(
        self, tables: Iterable[tuple[Any, ...]], facts: Mapping[str, Any], lock: str
    ) -> None:
        self._tables = tuple(tables)
        self.environments: tuple[str, ...] = tuple(row[0] for row in self._tables)
        self.features: tuple[str, ...] = facts["features"]
        self.platforms: tuple[str, ...] = facts["platforms"]
        self.channels: tuple[str, ...] = facts["channels"]
        self.requested: tuple[str, ...] = facts["requested"]
        self.lock = lock

    def tasks(self, environment: str | None = None) -> dict[str, str]:
        """Map the tasks of all environments, or of one, sorted, to their descriptions."""
        # Most environments share their tasks, which then are one object.
        chosen = {id(row[-1]): row[-1] for row in self._tables if environment in (None, row[0])}
        found = {
            task: data[DESCRIPTION] or ""
            for tasks in reversed(chosen.values())
            for task, data in tasks.items()
            if task[:1] != "_"
        }
        return {task: found[task] for task in sorted(found)}

    def choices(self, task: str, position: int, environment: str | None = None) -> tuple[str, ...]:
        """Return what the argument of a task at a position may be, nothing where that is open."""
        for name, *_, tasks in self._tables:
            if environment in (None, name) and task in tasks:
                args = tasks[task][ARGS] or ()
                return args[position][2] or () if position < len(args) else ()
        return ()

    def packages(self) -> list[str]:
        """Return the names of all locked packages, sorted."""
        try:
            if not os.path.isfile(self.lock) or os.path.getsize(self.lock) > _READABLE:
                return []
            with open(self.lock, encoding="utf-8", errors="replace") as file:
                return sorted(set(_packages(file)))
        except OSError:
            return []


def _packages(lines: Iterable[str]) -> Iterator[str]:
    """Yield the names that the lines of a lock tell of."""
    is_pypi = False
    for line in lines:
        row = line.strip()
        if row.startswith("- conda: "):
            is_pypi = False
            if name := _of_archive(row):
                yield name
        elif row.startswith("- pypi: "):
            is_pypi = True
        elif is_pypi and row.startswith("name: "):
            yield row.removeprefix("name: ").strip("'\"")


def _of_archive(row: str) -> str:
    """Return the name in the address of a conda package, empty if that is no archive."""
    file = row.rpartition("/")[2]
    for ending in _ARCHIVES:
        if file.endswith(ending):
            return file.rsplit("-", 2)[0] if file.count("-") > 1 else ""
    return ""


def remembered(environ: Mapping[str, str]) -> Names | None:
    """Return the names of the workspace around us, if they are remembered and still hold."""
    try:
        snapshot = trusted(environ)
        root = snapshot.workspace["root"]
        return Names(snapshot.tables, snapshot.workspace, os.path.join(root, LOCK_NAME))
    except (Doubt, OSError, KeyError, ValueError):
        return None
