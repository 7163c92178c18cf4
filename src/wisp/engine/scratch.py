"""Folders for work in progress that vanish with it, also when its process was killed.

Each is locked as long as its process lives. Whoever makes one takes away what killed ones left.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from wisp.engine.files import refusal


@contextlib.contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Make a folder below `parent` (made if missing) that is gone afterwards.

    Raises:
        HostError: The operating system refuses.

    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent, prefix)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    except OSError as error:
        raise refusal("make a folder below", parent, error) from error
    with _alive(folder):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if sys.platform == "win32":

    @contextlib.contextmanager
    def _alive(folder: Path) -> Iterator[None]:
        """Do nothing: what is left there stays until somebody cleans the cache."""
        del folder
        yield

    def _sweep(parent: Path, prefix: str) -> None:
        del parent, prefix

else:

    @contextlib.contextmanager
    def _alive(folder: Path) -> Iterator[None]:
        """Lock a folder, which POSIX does as with a file."""
        import fcntl

        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            # A file system without locks lets nobody sweep either.
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(handle)

    def _sweep(parent: Path, prefix: str) -> None:
        """Remove the folders that nobody holds. One that is just being made may be too young."""
        import fcntl

        for folder in parent.glob(f"{prefix}*"):
            with contextlib.suppress(OSError):
                handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if any(folder.iterdir()):
                        shutil.rmtree(folder, ignore_errors=True)
                finally:
                    os.close(handle)
