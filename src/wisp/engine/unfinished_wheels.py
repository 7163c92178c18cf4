"""What uv leaves where it fails, or is killed, in the midst of a wheel.

What tells whose a wheel is (`INSTALLER`) uv writes near the end, so a wheel without it is nobody's:
none that could be removed with its manifest's line, although its modules can be imported. What it
brings into `conda-meta` stands in its RECORD only if it was finished, so that is looked at itself.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Collection, Mapping
from pathlib import Path

from wisp.engine.safe.root import Root
from wisp.engine.wheels import installed_wheels, remove_wheel
from wisp.errors import HostError
from wisp.layout import CONDA_META

#: What tells whether a file is the one that was there: its kind, number, size and time.
Records = Mapping[str, tuple[int, int, int, int]]


def conda_records(prefix: Path) -> Records:
    """Note what lies in `conda-meta`, by name."""
    with contextlib.suppress(OSError), os.scandir(prefix / CONDA_META) as found:
        return {one.name: _noted(one.stat(follow_symlinks=False)) for one in found}
    return {}


def _noted(status: os.stat_result) -> tuple[int, int, int, int]:
    kind = stat.S_IFMT(status.st_mode)
    if stat.S_ISDIR(status.st_mode):  # others may have one there, into which files may go
        return kind, 0, 0, 0
    return kind, status.st_ino, status.st_size, status.st_mtime_ns


def take_away_new_records(root: Root, prefix: Path, before: Records) -> bool:
    """Remove what has come into `conda-meta` since, also in place of something; tell of any."""
    new = [name for name, noted in conda_records(prefix).items() if before.get(name) != noted]
    if not new:
        return False
    with contextlib.suppress(OSError, HostError), root.folder(prefix / CONDA_META) as folder:
        for name in new:
            with contextlib.suppress(OSError):
                folder.remove(name)
    return True


def remove_unfinished(
    root: Root, prefix: Path, names: Collection[str] | None = None, *, but: Collection[str] = ()
) -> None:
    """Remove wheels of which nothing says who put them there, unless they are conda's.

    Of these `names`, or of all; `but` are those that stay.

    Raises:
        HostError: A file cannot be deleted.

    """
    found = [
        one
        for one in installed_wheels(prefix)
        if not one.installer and one.name not in but and (names is None or one.name in names)
    ]
    if not found:
        return
    from wisp.engine.linked import owned_files

    owned = owned_files(prefix)
    for wheel in found:
        if f"{wheel.folder.relative_to(prefix).as_posix()}/METADATA" not in owned:
            remove_wheel(root, wheel, prefix, owned)
