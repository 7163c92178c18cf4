"""Files of unpacked packages, as open as their packages say and the umask allows.

An archive says which bits its files have, and who unpacks it obeys. What everybody may write to,
any user of the machine can change, in the cache and in each environment that it is linked into.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from functools import cache

_WRITABLE = stat.S_IWGRP | stat.S_IWOTH


def restrain(package: str, paths: Iterable[str]) -> None:
    """Take from the files of a package, by the path of its folder, what the umask does not allow.

    Only the right to write is taken: others may need the rest, and can do no harm by it. What
    belongs to somebody else stays as it is.
    """
    if os.name != "posix":
        return
    forbidden = _WRITABLE & _umask(os.path.dirname(package))  # noqa: PTH120 - for each package
    if not forbidden:
        return
    for path in paths:
        file = f"{package}/{path}"
        with contextlib.suppress(OSError):
            found = os.lstat(file)
            if stat.S_ISREG(found.st_mode) and found.st_mode & forbidden:
                os.chmod(file, stat.S_IMODE(found.st_mode) & ~forbidden)  # noqa: PTH101


@cache
def _umask(folder: str) -> int:
    """Find out what the kernel does not give a new folder here: to ask would set it meanwhile."""
    probe = f"{folder}/.wisp-mode-{os.urandom(6).hex()}"
    try:
        os.mkdir(probe, 0o777)  # noqa: PTH102
    except OSError:
        return _WRITABLE
    try:
        return 0o777 & ~stat.S_IMODE(os.lstat(probe).st_mode)
    finally:
        os.rmdir(probe)  # noqa: PTH106
