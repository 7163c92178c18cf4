"""An installed environment, weighed where it lies."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from wisp.api.weighing.report import Pile
from wisp.engine.trees import files_below
from wisp.image.bytecode import source_of
from wisp.image.prefix import Staged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.weighing.report import Kind

#: What lies in a prefix and belongs to no package.
UNOWNED: tuple[Kind, str] = ("other", "(no package)")


def weigh_prefix(prefix: Path, staged: Staged) -> Pile:
    """Put the files of a prefix together by their packages; a file with many names counts once."""
    owners: dict[str, tuple[Kind, str]] = {
        path: owner for owner, files in staged.owners.items() for path in files.paths
    }
    pile = Pile()
    seen: set[tuple[int, int]] = set()
    for path, found in _files(prefix):
        inode = (found.st_dev, found.st_ino)
        size = 0 if inode in seen else found.st_size
        if found.st_nlink > 1:
            seen.add(inode)
        pile.add(owner_of(path, owners), path, size)
    return pile


def owner_of(path: str, owners: Mapping[str, tuple[Kind, str]]) -> tuple[Kind, str]:
    """Return whose a file is; what Python has compiled goes with its module."""
    found = owners.get(path)
    if found is None and (source := source_of(path)) is not None:
        found = owners.get(source)
    return found or UNOWNED


def _files(prefix: Path) -> Iterator[tuple[str, os.stat_result]]:
    for parent, names in files_below(prefix):
        for name in sorted(names):
            file = os.path.join(parent, name)  # noqa: PTH118
            try:
                found = os.lstat(file)
            except OSError:
                continue  # gone by now
            if stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
                yield os.path.relpath(file, prefix), found
