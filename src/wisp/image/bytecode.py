"""Compiled modules that stay valid when the times of all files are made equal.

A `.pyc` usually remembers time and size of its source, and Python passes over one whose source
has another time, which in an image every source has. The other kind remembers a digest and may
say that nobody need check it: only the first 16 bytes differ. So those are replaced, where the
module is valid today; one that is stale already is left out, as Python would leave it aside.

Sources: PEP 552; `importlib._bootstrap_external`.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable
from pathlib import Path

#: magic number, flags, then time and size of the source, or a digest.
_HEADER = struct.Struct("<4sIII")
_UNCHECKED = struct.pack("<I", 1)
#: Nobody compares the digest of an unchecked module.
_NO_DIGEST = bytes(8)


def source_of(compiled: str) -> str | None:
    """Return the path of the module that a `__pycache__` file was made of, None for other files."""
    folder, _, name = compiled.rpartition("/")
    if not name.endswith(".pyc") or not folder.endswith("__pycache__"):
        return None
    stem = name.partition(".")[0]
    return f"{folder.removesuffix('__pycache__')}{stem}.py"


def lasting_header(
    compiled: Path, source: Path, source_time: Callable[[], float | None]
) -> bytes | None:
    """Return the header to give a compiled module: empty to leave it as it is, None to drop it.

    `source_time` tells when the source was last changed by its packager, None if it was since.
    """
    with contextlib.suppress(OSError, struct.error):
        with compiled.open("rb") as file:
            magic, flags, time, size = _HEADER.unpack(file.read(_HEADER.size))
        if flags:
            return b""
        found = source_time()
        current = found is not None and int(found) & 0xFFFFFFFF == time
        if current and source.stat().st_size & 0xFFFFFFFF == size:
            return bytes(magic) + _UNCHECKED + _NO_DIGEST
    return None
