"""What uv leaves where it fails, or is killed, in the midst of a wheel.

What tells whose a wheel is (`INSTALLER`) uv writes near the end, so a wheel without it is nobody's:
none that could be removed with its manifest's line, although its modules can be imported. Others
leave it out for good, so only what has come meanwhile is taken for uv's. What a wheel brings into
`conda-meta` stands in its RECORD only if it was finished, so that is looked at itself.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from wisp.engine.safe.root import Root
from wisp.engine.wheel_removal import remove_wheel
from wisp.engine.wheels import InstalledWheel, installed_wheels, is_of_conda
from wisp.errors import HostError
from wisp.layout import CONDA_META

#: What tells whether a file is the one that was there: its kind, size and time. Its number may be
#: another each time, where the file system is one of the network.
Records = Mapping[str, tuple[int, int, int]]


def conda_records(prefix: Path) -> Records:
    """Note what lies in `conda-meta`, by name."""
    with contextlib.suppress(OSError), os.scandir(prefix / CONDA_META) as found:
        return {one.name: _noted(one.stat(follow_symlinks=False)) for one in found}
    return {}


def _noted(status: os.stat_result) -> tuple[int, int, int]:
    kind = stat.S_IFMT(status.st_mode)
    if stat.S_ISDIR(status.st_mode):  # others may have one there, into which files may go
        return kind, 0, 0
    return kind, status.st_size, status.st_mtime_ns


def new_records(prefix: Path, before: Records) -> list[str]:
    """Name what has come into `conda-meta` since, also in place of something."""
    return [name for name, noted in conda_records(prefix).items() if before.get(name) != noted]


def take_away(root: Root, prefix: Path, names: Iterable[str]) -> None:
    """Remove entries of `conda-meta`, as far as that can be done."""
    with contextlib.suppress(OSError, HostError), root.folder(prefix / CONDA_META) as folder:
        for name in names:
            with contextlib.suppress(OSError):
                folder.remove(name)


def changed_at(wheel: InstalledWheel) -> int:
    """Return when something was last put into the metadata of a wheel, in nanoseconds."""
    try:
        return wheel.folder.stat().st_mtime_ns
    except OSError:
        return 0


def unnamed_wheels(prefix: Path) -> list[InstalledWheel]:
    """List the wheels of which nothing says who put them there."""
    return [wheel for wheel in installed_wheels(prefix) if not wheel.installer]


def remove_unfinished(root: Root, prefix: Path, is_new: Callable[[InstalledWheel], bool]) -> None:
    """Remove such wheels that have come meanwhile, unless they are conda's.

    Raises:
        HostError: A file cannot be deleted.

    """
    found = list(filter(is_new, unnamed_wheels(prefix)))
    if not found:
        return
    from wisp.engine.linked import owned_files

    owned = owned_files(prefix)
    for wheel in found:
        if not is_of_conda(wheel, owned, prefix):
            remove_wheel(root, wheel, prefix, owned)
