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

from wisp.engine.files import (
    as_bytes,
    is_link,
    is_stream,
    refusal,
    replace_file,
    write_atomically,
)
from wisp.engine.journals import Journal, kept, pour
from wisp.engine.safe.folder import Folder, opened
from wisp.engine.safe.root import Root
from wisp.line_breaks import like
from wisp.trust import LARGEST_LOCK, found_bytes

#: Refusals of a new file or of the renaming, where the old file may still be open for writing.
_NOT_REPLACEABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV})


def rewrite(path: Path, content: str | bytes, root: Root | None = None) -> None:
    """Give a file another text; one that is not there is made.

    Owner, group, mode, extended attributes, hard links and symbolic links are kept; below a
    `root`, if one is given, a symbolic link is refused.

    Raises:
        HostError: The operating system refused; the file is as it was.

    """
    data = as_bytes(content, path)
    if root is not None:
        root.require(path)
    elif is_stream(path):
        write_atomically(path, data)
        return
    target = Path(os.path.realpath(path)) if root is None and is_link(path) else path
    try:
        found = target.lstat()
    except OSError:
        write_atomically(target, data) if root is None else root.write(target, data)
        return
    try:
        with opened(target.parent) if root is None else root.folder(target.parent) as folder:
            if found.st_nlink > 1 or not _replaced(folder, target, data, found):
                _overwrite(folder, target, data)
    except OSError as error:
        raise refusal("write", path, error) from error


def write_named(path: Path, content: str | bytes) -> None:
    """Write a file that somebody has named, as `rewrite` does, but through no link in its place.

    The folder may be a stranger's, and the link lead to a file of the user's. What is no file (a
    device, a pipe, our own output) is written to, also through a link.

    Raises:
        HostError: The operating system refused.
        ForeignLinkError: There is such a link.

    """
    rewrite(path, content, None if is_stream(path) else Root(path.parent))


def rewrite_text(path: Path, text: str, root: Root | None = None) -> None:
    """Give a file another text, as `rewrite`; lines that stay keep their line breaks.

    `text` was made of what `wisp.trust.found_text` reads, with line feeds alone.
    """
    with contextlib.suppress(OSError, UnicodeDecodeError):
        text = like(found_bytes(path).decode(), text)
    rewrite(path, text, root)


@contextlib.contextmanager
def restoring(path: Path) -> Iterator[None]:
    """Give a file its old content back, or take it away again, should the body fail.

    Raises:
        ForeignLinkError: It is a symbolic link.

    """
    root = Root(path.parent)
    root.require(path)
    before = found_bytes(path, LARGEST_LOCK) if path.exists() else None
    try:
        yield
    except BaseException:
        if before is None:
            path.unlink(missing_ok=True)
        elif _content(path) != before:
            rewrite(path, before, root)
        raise


def _content(path: Path) -> bytes | None:
    """Return what a file has become meanwhile; None for what is gone, or none any more."""
    try:
        return found_bytes(path, LARGEST_LOCK)
    except OSError:
        return None


def _replaced(folder: Folder, target: Path, data: bytes, old: os.stat_result) -> bool:
    """Replace a file by a new one that is like it; False where that cannot be done."""
    try:
        replace_file(folder, target.name, data, lambda handle: _make_alike(handle, target, old))
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
        for name in os.listxattr(target, follow_symlinks=False):
            # Labels of the security module are given by the system, not by us.
            with contextlib.suppress(OSError):
                os.setxattr(handle, name, os.getxattr(target, name, follow_symlinks=False))


def _overwrite(folder: Folder, target: Path, data: bytes) -> None:
    with os.fdopen(folder.open(target.name, os.O_RDWR), "r+b") as file:
        old = file.read()
        with kept(Journal(target, old, data)):
            try:
                pour(file, data)
            except BaseException:
                pour(file, old)
                raise
