"""Which packages of a cache were judged before and may be linked without another look.

To judge a package takes 0.1 ms for each that is small, and milliseconds where there are thousands
of files: for 300 packages a tenth of what it takes to link them. A verdict is about the list of
files that was judged, told by its inode, size and times: what is unpacked anew is another file, and
when it last changed nobody can set. Verdicts lie beside the packages. Where anybody else may write
they are neither kept nor believed, since there the folders of a package may be changed as well.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from wisp.engine.safe.packages import RULES, check_unpacked
from wisp.engine.safe.programs import Programs
from wisp.foreign import json_data
from wisp.trust import is_ours, own_content, write_own

#: Beside packages, whose names have two hyphens.
_NAME = ".wisp-judged"

Mark = list[int]
#: What is kept of a package: its mark, and the names of its programs.
Row = tuple[Mark, list[str], list[str], list[str]]


class Verdicts:
    """The verdicts on the packages of one cache, by the names of their folders.

    `owners` are those who may have put something there (None: anybody).
    """

    def __init__(self, cache: Path, owners: frozenset[int] | None = None) -> None:
        self._file = os.path.join(cache, _NAME)  # noqa: PTH118 - paths as text, as who asks has them
        self._cache = cache
        self._owners = owners
        self._rules = [RULES, sorted(owners or ())]
        self._kept: dict[str, Row] = self._read() if _is_ours_alone(cache) else {}
        self._new: dict[str, Row] = {}

    def check(self, package: str) -> Programs:
        """Judge a package, by the path of its folder, unless it is as it was when it last passed.

        Returns which programs it brings. Raises `UnsafePathError` for one that is not to be linked.
        """
        known = self._row(package)
        if known is not None:
            return Programs(*map(tuple, known[1:]))
        mark = _mark_of(package)
        found = check_unpacked(package, self._owners)
        if mark is not None:
            row = (mark, list(found.commands), list(found.files), list(found.links))
            self._new[package.rpartition("/")[2]] = row
        return found

    def has(self, package: str) -> bool:
        """Tell whether a package is as it was when it passed."""
        return self._row(package) is not None

    def _row(self, package: str) -> Row | None:
        name = package.rpartition("/")[2]
        row = self._new.get(name) or self._kept.get(name)
        return row if row is not None and row[0] == _mark_of(package) else None

    def store(self) -> None:
        """Write what is new for the next time; where that cannot be, it is judged again."""
        if not self._new or not _is_ours_alone(self._cache):
            return
        # Somebody else may have written meanwhile; what was removed from the cache is dropped.
        known = self._read() | self._new
        folder = os.path.dirname(self._file)  # noqa: PTH120
        there = {name: row for name, row in known.items() if _mark_of(f"{folder}/{name}") == row[0]}
        with contextlib.suppress(OSError):
            text = json.dumps([self._rules, there], separators=(",", ":"))
            write_own(self._file, text.encode())

    def _read(self) -> dict[str, Row]:
        try:
            rules, marks = json_data(own_content(self._file) or b"[0,{}]")
        except (ValueError, TypeError):
            return {}
        return marks if rules == self._rules and isinstance(marks, dict) else {}


def _mark_of(package: str) -> Mark | None:
    """Take the state of a package's list of files; None for packages that are older than such."""
    try:
        found = os.lstat(f"{package}/info/paths.json")
    except OSError:
        return None
    return [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _is_ours_alone(cache: Path) -> bool:
    try:
        return os.name == "posix" and is_ours(cache.stat())
    except OSError:
        return False
