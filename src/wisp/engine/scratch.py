"""Folders for work in progress that vanish with it, also when its process was killed.

Each is locked as long as its process lives. Whoever makes one takes away what killed ones left.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from wisp.engine.files import refusal


@contextlib.contextmanager
def scratch_folder(parent: Path, prefix: str, *, outlives: bool = False) -> Iterator[Path]:
    """Make a folder below `parent` (made if missing) that is gone afterwards.

    Where it `outlives` this program, the one that takes its place in the process holds it too.

    Raises:
        HostError: The operating system refuses.

    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent, lambda name: name.startswith(prefix))
        folder, handle = _made(parent, prefix)
        os.set_inheritable(handle, outlives)
    except OSError as error:
        raise refusal("make a folder below", parent, error) from error
    try:
        yield folder
    finally:
        _remove(folder)
        os.close(handle)


if sys.platform == "win32":

    def sweep(parent: Path, is_scratch: Callable[[str], bool]) -> None:
        """Do nothing: what is left there stays until somebody cleans the cache."""
        del parent, is_scratch

    def _made(parent: Path, prefix: str) -> tuple[Path, int]:
        return _new(parent, prefix), os.open(os.devnull, os.O_RDONLY)

else:
    _FOLDER = os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY

    def sweep(parent: Path, is_scratch: Callable[[str], bool]) -> None:
        """Remove the folders below `parent` that nobody holds, of those with a name for scratch."""
        import fcntl

        with contextlib.suppress(FileNotFoundError):
            for folder in [one for one in parent.iterdir() if is_scratch(one.name)]:
                with contextlib.suppress(OSError):
                    handle = os.open(folder, _FOLDER | os.O_NOFOLLOW)
                    try:
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        _remove(folder)
                    finally:
                        os.close(handle)

    def _made(parent: Path, prefix: str) -> tuple[Path, int]:
        """Make a folder that is locked, which POSIX does as with a file; return both.

        Before it is locked a sweep may take it for abandoned: then there is another try.
        """
        import fcntl

        while True:
            folder = _new(parent, prefix)
            try:
                handle = os.open(folder, _FOLDER)
            except FileNotFoundError:
                continue
            # A file system without locks lets nobody sweep either.
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(folder.stat(), os.fstat(handle)):
                    return folder, handle
            os.close(handle)


def _new(parent: Path, prefix: str) -> Path:
    from tempfile import mkdtemp  # which most installations do without

    return Path(mkdtemp(prefix=prefix, dir=parent))


def _remove(folder: Path) -> None:
    from wisp.engine.trees import remove_tree

    remove_tree(folder, ignore_errors=True)
