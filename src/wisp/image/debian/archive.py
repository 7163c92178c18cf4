"""The files of a `.deb` as members of a layer, and its control file.

Source: deb(5).
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from wisp.image.debian.index import DebianError
from wisp.image.entries import (
    LayerEntry,
    folder,
    link,
    text_file,
)
from wisp.image.unpacking import ForeignTar, unpacked
from wisp.patterns import pattern
from wisp.values import dataclass

_MAGIC = b"!<arch>\n"
_HEADER = 60
#: All files of a package lie in memory: so many bytes are allowed, or so many times its own size.
_LEAST, _RATIO = 256 << 20, 20
#: What nobody reads in a container. Licences stay.
_LEFT_OUT = pattern(
    r"usr/share/(man|info|locale|lintian|bug|doc-base|bash-completion|menu)(/.*)?"
    r"|usr/share/doc/[^/]+/(?!copyright$).*"
    r"|usr/lib/[^/]+/gconv/.*"
    r"|usr/share/zoneinfo/(right|posix)(/.*)?"
)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a `.deb` holds: members, and the text of its control file."""

    entries: tuple[LayerEntry, ...]
    control: str


def unpack(deb: bytes) -> Unpacked:
    """Read a package whose digest is verified already.

    Raises:
        DebianError: It is damaged, or holds what no package of a base should.

    """
    control, data = b"", b""
    try:
        for name, content in _members(deb):
            if name.startswith("control.tar"):
                control = _control(content)
            elif name.startswith("data.tar"):
                data = content
        with _opened(data) as archive:
            return Unpacked(tuple(_entries(archive)), control.decode())
    except (tarfile.TarError, ValueError, EOFError, OSError) as error:
        raise DebianError("a Debian package is damaged", causes=[str(error)]) from error


def _members(deb: bytes) -> Iterator[tuple[str, bytes]]:
    if not deb.startswith(_MAGIC):
        raise ValueError("no archive of ar")
    at = len(_MAGIC)
    while at + _HEADER <= len(deb):
        header = deb[at : at + _HEADER]
        size = int(header[48:58])
        start = at + _HEADER
        yield header[:16].decode("ascii").strip().rstrip("/"), deb[start : start + size]
        at = start + size + size % 2


def _opened(content: bytes) -> tarfile.TarFile:
    """Open an archive in memory, of which not more is read than a package has."""
    limit = max(_LEAST, _RATIO * len(content))
    stream = unpacked(io.BytesIO(content), limit)
    return ForeignTar.open(fileobj=stream, mode="r:")


def _control(content: bytes) -> bytes:
    with _opened(content) as archive:
        for member in archive:
            if member.name.removeprefix("./") == "control":
                file = archive.extractfile(member)
                assert file is not None
                return file.read()
    raise ValueError("no control file")


def _entries(archive: tarfile.TarFile) -> Iterator[LayerEntry]:
    for member in archive:
        path = member.name.removeprefix("./").rstrip("/")
        if path in ("", ".") or _LEFT_OUT.fullmatch(path):
            continue
        if member.issparse():
            raise ValueError(f"a file with holes: {path}")
        if ".." in PurePosixPath(path).parts or path.startswith("/"):
            raise ValueError(f"a path that leads out: {path}")
        if member.isdir():
            yield folder(path)
        elif member.issym():
            yield link(path, member.linkname)
        elif member.isfile() or member.islnk():
            # A second name of a file becomes a file: layers find equal ones again.
            file = archive.extractfile(member)
            assert file is not None
            yield text_file(path, file.read(), program=bool(member.mode & 0o100))
        else:
            raise ValueError(f"neither a file nor a folder nor a link: {path}")
