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
from wisp.foreign import json_data
from wisp.trust import is_ours, own_content, write_own

#: Beside packages, whose names have two hyphens.
_NAME = ".wisp-judged"

Mark = list[int]


class Verdicts:
    """The verdicts on the packages of one cache, by the names of their folders.

    `owners` are those who may have put something there (None: anybody).
    """

    def __init__(self, cache: Path, owners: frozenset[int] | None = None) -> None:
        self._file = os.path.join(cache, _NAME)  # noqa: PTH118 - paths as text, as who asks has them
        self._cache = cache
        self._owners = owners
        self._rules = [RULES, sorted(owners or ())]
        self._kept: dict[str, Mark] = self._read() if _is_ours_alone(cache) else {}
        self._new: dict[str, Mark] = {}

    def check(self, package: str) -> None:
        """Judge a package, by the path of its folder, unless it is as it was when it last passed.

        Raises `UnsafePathError` for one that is not to be linked.
        """
        if self.has(package):
            return
        mark = _mark_of(package)
        check_unpacked(package, self._owners)
        if mark is not None:
            self._new[package.rpartition("/")[2]] = mark

    def has(self, package: str) -> bool:
        """Tell whether a package is as it was when it passed."""
        name = package.rpartition("/")[2]
        mark = self._new.get(name) or self._kept.get(name)
        return mark is not None and mark == _mark_of(package)

    def store(self) -> None:
        """Write what is new for the next time; where that cannot be, it is judged again."""
        if not self._new or not _is_ours_alone(self._cache):
            return
        # Somebody else may have written meanwhile; what was removed from the cache is dropped.
        known = self._read() | self._new
        folder = os.path.dirname(self._file)  # noqa: PTH120
        there = {name: mark for name, mark in known.items() if _mark_of(f"{folder}/{name}") == mark}
        with contextlib.suppress(OSError):
            text = json.dumps([self._rules, there], separators=(",", ":"))
            write_own(self._file, text.encode())

    def _read(self) -> dict[str, Mark]:
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
