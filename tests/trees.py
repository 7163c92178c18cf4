"""Pictures of folders, to be compared: what lies in them, and whether anything was touched."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

#: What a Python that runs in a folder may leave anywhere.
_BYTECODE = "__pycache__"


def content(folder: Path) -> dict[str, tuple[str, bytes]]:
    """Mode, and text or link target, of everything below a folder; times are left out."""
    found = {}
    for path in _below(folder):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            body = os.fsencode(os.readlink(path))
        elif stat.S_ISREG(status.st_mode):
            body = path.read_bytes()
        else:
            body = b""
        found[path.relative_to(folder).as_posix()] = (stat.filemode(status.st_mode), body)
    return found


def touched(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Inode, size and time of change of every file below a folder."""
    found = {}
    for path in _below(folder):
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            key = path.relative_to(folder).as_posix()
            found[key] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return found


def names_beside(file: Path) -> set[str]:
    """Name all that lies in the folder of a file, itself among them."""
    return {path.name for path in file.parent.iterdir()}


def differences(left: Mapping[str, object], right: Mapping[str, object]) -> list[str]:
    """The paths that are in one picture alone, or not the same in both."""
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))


def _below(folder: Path) -> list[Path]:
    found = []
    for parent, folders, files in os.walk(folder):
        if _BYTECODE in folders:
            folders.remove(_BYTECODE)
        found += [Path(parent, name) for name in (*folders, *files)]
    return found
