"""A pack as a tar, written so that equal packs are equal bytes, and read as a stranger's.

Of a pack that comes from elsewhere only plain files are taken, at the places that packs have;
whatever else leads anywhere (links, devices, paths with `..`) ends the unpacking.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

from wisp.engine.files import refusal
from wisp.image.unpacking import opened_tar
from wisp.pack.contents import CHANNEL, ENVIRONMENT, METADATA, WHEELS, PackError
from wisp.specs.inside import inside, is_plain_name
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

#: When all members count as made, in seconds: zip files cannot say an earlier time.
TIME = 315532800
_CHUNK = 1 << 20
#: No honest environment has more files.
_MOST_MEMBERS = 100_000
_LONGEST_TEXT = 256 << 20


def write_pack(out: IO[bytes], members: Mapping[str, Path | bytes]) -> None:
    """Write files by their places, with the folders above them.

    Raises:
        HostError: A file cannot be read.
        PackError: A file changed meanwhile.
        OSError: The archive cannot be written.

    """
    folders = {place.rpartition("/")[0] for place in members} - {""}
    folders |= {folder.partition("/")[0] for folder in folders}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for place in sorted((*folders, *members)):
            member = tarfile.TarInfo(place)
            member.mtime = TIME
            if place in folders:
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(member)
            else:
                member.mode = 0o644
                _add(archive, member, members[place])


def _add(archive: tarfile.TarFile, member: tarfile.TarInfo, source: Path | bytes) -> None:
    if isinstance(source, bytes):
        member.size = len(source)
        archive.addfile(member, io.BytesIO(source))
        return
    try:
        file = source.open("rb")
    except OSError as error:
        raise refusal("read", source, error) from error
    with file:
        member.size = os.fstat(file.fileno()).st_size
        try:
            archive.addfile(member, file)
        except tarfile.ReadError as error:
            raise PackError(f"`{source}` changed while it was packed") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPack:
    """A pack whose files lie in a folder: their SHA-256 by place, and the texts of small ones."""

    folder: Path
    digests: Mapping[str, str]

    def text(self, place: str) -> bytes:
        """Return a small file of it. Raises `PackError` if it has none at that place."""
        if place not in self.digests:
            raise PackError(f"the pack has no `{place}`")
        file = self.folder / place
        if file.stat().st_size > _LONGEST_TEXT:
            raise PackError(f"`{place}` of the pack is larger than {_LONGEST_TEXT >> 20} MB")
        return file.read_bytes()


def receive_pack(path: Path, folder: Path) -> ReceivedPack:
    """Take the files of a pack into an empty folder.

    Raises:
        PackError: It is no pack, or one with something in it that no pack has.
        UnsafePathError: A path leads out of it.
        UnpackingError: It unpacks to more than it reasonably could.
        HostError: It cannot be read, or the files not be written.

    """
    digests: dict[str, str] = {}
    try:
        with opened_tar(path) as archive:
            for count, member in enumerate(archive):
                if count > _MOST_MEMBERS:
                    raise PackError(f"`{path}` has more than {_MOST_MEMBERS} members")
                place = _place(member, path)
                if place is None:
                    continue
                if place in digests:
                    raise PackError(f"`{path}` has `{place}` twice")
                file = archive.extractfile(member)
                assert file is not None, "a plain file has bytes"
                digests[place] = _taken(file, folder / place, member.size)
    except (tarfile.TarError, EOFError) as error:
        raise PackError(f"`{path}` is no pack, or damaged", causes=[str(error)]) from error
    except OSError as error:
        raise refusal("unpack", path, error) from error
    return ReceivedPack(folder=folder, digests=digests)


def _place(member: tarfile.TarInfo, path: Path) -> str | None:
    """Judge a member; return where it belongs, None for folders and what is no part of packs."""
    name = member.name.removeprefix("./").rstrip("/")
    if member.isdir() and name in ("", "."):
        return None
    inside(name, f"`{path}`")
    if member.isdir():
        return None
    if not member.isreg() or member.issparse():
        raise PackError(
            f"`{path}` has `{name}`, which is no plain file",
            hints=["no pack has links or devices: nothing of it was unpacked"],
        )
    parts = name.split("/")
    is_channel = len(parts) == 3 and parts[0] == CHANNEL
    is_wheel = len(parts) == 2 and parts[0] == WHEELS
    if name in (METADATA, ENVIRONMENT) or is_channel or is_wheel:
        if not all(map(is_plain_name, parts)):
            raise PackError(f"`{path}` has a file with an odd name in `{parts[0]}`")
        return name
    return None


def _taken(source: IO[bytes], target: Path, size: int) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    left = size
    with target.open("xb") as file:
        while left and (piece := source.read(min(_CHUNK, left))):
            digest.update(piece)
            file.write(piece)
            left -= len(piece)
    if left:
        raise tarfile.ReadError("it ends too early")
    return digest.hexdigest()
