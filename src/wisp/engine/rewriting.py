"""Rewriting files of the user: all that hangs on the file stays, and no kill leaves half a text.

A file is replaced by renaming where that can keep owner, group, mode and extended attributes.
Where it cannot (several hard links, a folder that may not be written, a mount), the new text goes
into the file itself, with a journal of it (`wisp.engine.journals`).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from wisp.engine.files import refusal, replace_file, write_atomically
from wisp.engine.journals import Journal, kept, pour

#: Refusals of a new file or of the renaming, where the old file may still be open for writing.
_NOT_REPLACEABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV})


def rewrite(path: Path, content: str | bytes) -> None:
    """Give a file another text; one that is not there is made.

    Owner, group, mode, extended attributes, hard links and symbolic links are kept.

    Raises:
        HostError: The operating system refused; the file is as it was.

    """
    target = path.resolve() if path.is_symlink() else path
    data = content.encode() if isinstance(content, str) else content
    try:
        found = target.stat()
    except OSError:
        write_atomically(target, data)
        return
    try:
        if found.st_nlink > 1 or not _replaced(target, data, found):
            _overwrite(target, data)
    except OSError as error:
        raise refusal("write", path, error) from error


@contextlib.contextmanager
def restoring(path: Path) -> Iterator[None]:
    """Give a file its old content back, or take it away again, should the body fail."""
    before = path.read_bytes() if path.exists() else None
    try:
        yield
    except BaseException:
        if before is None:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != before:
            rewrite(path, before)
        raise


def _replaced(target: Path, data: bytes, old: os.stat_result) -> bool:
    """Replace a file by a new one that is like it; False where that cannot be done."""
    try:
        replace_file(target, data, lambda handle: _make_alike(handle, target, old))
    except OSError as error:
        if error.errno in _NOT_REPLACEABLE:
            return False
        raise
    return True


def _make_alike(handle: int, target: Path, old: os.stat_result) -> None:
    if sys.platform == "win32":
        return
    new = os.fstat(handle)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        os.fchown(handle, old.st_uid, old.st_gid)
    os.fchmod(handle, stat.S_IMODE(old.st_mode))
    if sys.platform == "linux":
        for name in os.listxattr(target):
            # Labels of the security module are given by the system, not by us.
            with contextlib.suppress(OSError):
                os.setxattr(handle, name, os.getxattr(target, name))


def _overwrite(target: Path, data: bytes) -> None:
    with target.open("r+b") as file:
        old = file.read()
        with kept(Journal(target, old, data)):
            try:
                pour(file, data)
            except BaseException:
                pour(file, old)
                raise
