"""Files that decide what runs are believed only where nobody else can have written them."""

from __future__ import annotations

import os
import stat

WRITABLE_BY_OTHERS = 0o022


def is_ours(found: os.stat_result) -> bool:
    """Whether a file or folder is ours, or root's, and nobody else may write there."""
    if os.name == "nt":
        return True
    return found.st_uid in (os.geteuid(), 0) and not found.st_mode & WRITABLE_BY_OTHERS


def own_content(path: str, limit: int = 64 << 20) -> bytes | None:
    """Return the content of a file that is ours, of `limit` bytes at most; None for any other."""
    try:
        with open(path, "rb", opener=without_waiting) as file:
            found = os.fstat(file.fileno())
            return file.read() if is_readable(found, limit) and is_ours(found) else None
    except OSError:
        return None


def is_readable(found: os.stat_result, limit: int) -> bool:
    """Whether a file has an end, after `limit` bytes at most."""
    return stat.S_ISREG(found.st_mode) and found.st_size <= limit


def without_waiting(path: str, flags: int) -> int:
    """Open a file, as `open` wants it, so that a pipe without a writer does not hold us up."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def write_own(path: str, data: bytes) -> None:
    """Replace a file by one that only we may read; raises `OSError`, and then nothing changes."""
    scratch = f"{path}.{os.urandom(6).hex()}"
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
        os.replace(scratch, path)
    except OSError:
        if os.path.exists(scratch):
            os.unlink(scratch)
        raise
