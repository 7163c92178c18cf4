"""Files of unpacked packages, as open as their packages say and the umask allows.

An archive says which bits its files and folders have, and who unpacks it obeys. What everybody may
write to, any user of the machine can change, in the cache and in each environment that it is linked
into; and who may write to a folder can put another file in the place of one. So what belongs to
somebody else is told of.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from functools import cache

from wisp.errors import HostError
from wisp.layout import CONDA_META
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from wisp.engine.safe.folder import Folder
    from wisp.engine.safe.root import Root

_OURS_ALONE = 0o600
#: What a new file has where the umask takes nothing.
_NEW = 0o666
_WRITABLE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Sight:
    """What is odd in an unpacked package, as paths with its folder in front.

    `links` are all that are neither files nor folders, `foreign` is something of somebody else's.
    """

    links: frozenset[str]
    foreign: str | None


def restrain(package: str, owners: frozenset[int] | None) -> Sight:
    """Take from all in a package, by the path of its folder, what the umask does not allow.

    Only the right to write is taken: others may need the rest, and can do no harm by it. Returns
    what was seen meanwhile; nothing is foreign that belongs to one of `owners` (None: anybody).
    May raise `OSError` where not all can be seen.
    """
    posix = os.name == "posix"
    forbidden = _WRITABLE & _umask(os.path.dirname(package)) if posix else 0  # noqa: PTH120
    links, foreign = set(), None
    for path, found in _all_of(package):
        if posix and owners is not None and found.st_uid not in owners:
            foreign = path
        if not stat.S_ISDIR(found.st_mode) and not stat.S_ISREG(found.st_mode):
            links.add(path)
        elif found.st_mode & forbidden:
            with contextlib.suppress(OSError):  # of somebody else's
                os.chmod(path, stat.S_IMODE(found.st_mode) & ~forbidden)  # noqa: PTH101
    return Sight(frozenset(links), foreign)


def open_records(root: Root, prefix: Path, like: str | None = None) -> None:
    """Give records of packages the mode of a new file: rattler keeps them to who installed.

    A group that shares an environment could not change it otherwise. With `like` they get the mode
    of that file of ours beside them, unless it is closed itself.
    """
    if os.name != "posix":
        return
    with contextlib.suppress(OSError, HostError), root.folder(prefix / CONDA_META) as folder:
        mode = _NEW & ~_umask(folder.path) if like is None else _mode_of(folder, like)
        if stat.S_IMODE(mode) != _OURS_ALONE:
            for record in _closed_records(folder):
                os.fchmod(record, mode & _NEW)


def _mode_of(folder: Folder, name: str) -> int:
    """Return the mode of a file that we have made, with no more to write for others than a new one.

    Who shares the environment may put a link there, whose mode says 0777, or a file of theirs.
    """
    found = folder.status(name)
    if found is None or not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        return _OURS_ALONE
    return stat.S_IMODE(found.st_mode) & ~(_WRITABLE & _umask(folder.path))


def _closed_records(folder: Folder) -> Iterator[int]:
    """Open the records of packages that only we may read, one after the other."""
    for name in folder.names():
        if name.endswith(".json") and _is_closed(folder.status(name)):
            record = folder.open(name, os.O_RDONLY)
            try:
                if _is_closed(os.fstat(record)):  # it may be another one by now
                    yield record
            finally:
                os.close(record)


def _is_closed(found: os.stat_result | None) -> bool:
    """Whether this is a file for us alone, known by this name alone: another may be a secret's."""
    if found is None or not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        return False
    return found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) == _OURS_ALONE


def _all_of(package: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the state of a folder and of all below it, of links that of the links themselves."""
    yield package, os.lstat(package)
    pending = [package]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # somebody's draft
                    yield entry.path, entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)


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
