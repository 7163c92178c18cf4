"""What wisp has written into a workspace before: images, packs, environments. None of it is code.

Everything is known by its content, since people choose the names.

Sources: OCI image specification, image-layout.md; pixi-pack's layout; POSIX, "ustar Interchange
Format"; RFC 1952, 2.3.1.
"""

from __future__ import annotations

import os
import stat
import tarfile
import zlib
from pathlib import Path

from wisp.image.outputs import LAYOUT_MARK
from wisp.image.unpacking import ForeignTar
from wisp.layout import CONDA_META, PACK_METADATA, PREFIX_HISTORY, PREFIX_NOTE, SELF_UNPACKING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

_HEADER = 512
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
#: A relocatable environment begins with its folder of records and the note in there.
_MOVABLE = (CONDA_META, PREFIX_NOTE)
#: How many members of an archive are looked at for the one that makes it a pack.
_MOST_MEMBERS = 20_000


def is_product(path: Path, is_folder: bool) -> bool:
    """Tell whether something is an image, a pack or an environment; what cannot be read is not."""
    if is_folder:
        is_layout = (path / LAYOUT_MARK).exists()
        return is_layout or (path / CONDA_META / PREFIX_HISTORY).exists()
    try:
        # Opening a FIFO would wait for whoever writes into it.
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            return _is_written(file)
    except OSError:
        return False


def _is_written(file: IO[bytes]) -> bool:
    head = file.read(2 * _HEADER)
    if head.startswith((SELF_UNPACKING, LAYOUT_MARK.encode() + b"\0")):
        return True
    if head.startswith(_GZIP):
        return _names(_unpacked(head + file.read(_HEADER))) == _MOVABLE
    return head[257:262] == b"ustar" and _is_pack(file)


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(_GZIP_WINDOW).decompress(data, 2 * _HEADER)
    except zlib.error:
        return b""


def _names(headers: bytes) -> tuple[str, ...]:
    """Return what the first two members are called, if the first is empty."""
    found = (headers[at : at + 100].split(b"\0")[0] for at in (0, _HEADER))
    return tuple(name.decode("utf-8", "replace").rstrip("/") for name in found)


def _is_pack(file: IO[bytes]) -> bool:
    file.seek(0, os.SEEK_SET)
    try:
        with ForeignTar.open(fileobj=file, mode="r:") as archive:
            found = (archive.next() for _ in range(_MOST_MEMBERS))
            for member in found:
                if member is None:
                    return False
                if member.name.removeprefix("./") == PACK_METADATA:
                    return True
    except tarfile.TarError:
        pass
    return False
