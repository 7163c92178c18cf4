"""Folders of any depth are removed, and gone through as far down as the system takes a path.

`os.walk` and `shutil.rmtree` may call themselves for each step down, and hold a folder open for it.
So what a package or a stranger's workspace nests in thousands would end a command, and stay for
ever. Where removing gives up, the folders inside are moved to the top first, one by one, and then
none is deep. Whoever only looks leaves out what is deeper than a path can say.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
#: What the system says of a tree that is too deep.
_TOO_DEEP = (errno.EMFILE, errno.ENFILE, errno.ENAMETOOLONG)


def files_below(top: str | Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder below one, itself first, with the names of what is no folder in it.

    Links are not followed; what cannot be read has nothing in it, nor has a folder whose path is
    too long for the system.
    """
    waiting = [os.fspath(top)]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        except OSError:
            continue
        yield folder, [name for name, is_folder in found if not is_folder]
        waiting += [f"{folder}{os.sep}{name}" for name, is_folder in found if is_folder]


def remove_tree(
    path: str | Path, *, dir_fd: int | None = None, ignore_errors: bool = False
) -> None:
    """Remove a folder as `shutil.rmtree` does, also a deep one. May raise `OSError`."""
    from shutil import rmtree

    try:
        rmtree(path, dir_fd=dir_fd)
    except (OSError, RecursionError) as error:
        if os.name == "posix" and _is_of_depth(error):
            with contextlib.suppress(OSError) if ignore_errors else contextlib.nullcontext():
                _flatten(path, dir_fd)
            rmtree(path, ignore_errors=ignore_errors, dir_fd=dir_fd)
        elif ignore_errors:
            rmtree(path, ignore_errors=True, dir_fd=dir_fd)
        else:
            raise


def _is_of_depth(error: OSError | RecursionError) -> bool:
    return isinstance(error, RecursionError) or error.errno in _TOO_DEEP


def _flatten(path: str | Path, dir_fd: int | None) -> None:
    """Move all folders below one right into it, under names that nobody has."""
    top = os.open(path, _FOLDER, dir_fd=dir_fd)
    try:
        mark = f".wisp-{os.urandom(6).hex()}"
        waiting, count = list(_folders(top)), 0
        while waiting:
            folder = os.open(waiting.pop(), _FOLDER, dir_fd=top)
            try:
                for name in _folders(folder):
                    count += 1
                    moved = f"{mark}-{count}"
                    os.rename(name, moved, src_dir_fd=folder, dst_dir_fd=top)
                    waiting.append(moved)
            finally:
                os.close(folder)
    finally:
        os.close(top)


def _folders(handle: int) -> list[str]:
    return [
        name for name in os.listdir(handle) if stat.S_ISDIR(os.lstat(name, dir_fd=handle).st_mode)
    ]
