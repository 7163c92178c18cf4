"""The layers of a base, read once from end to end: may they be there, and which C library is it.

What was found out is noted by the digest of the image, since it takes as long as unpacking it, with
the number of the rules it was found by.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePosixPath

from wisp.engine.files import write_atomically
from wisp.foreign import json_data
from wisp.image.documents import StackedLayer
from wisp.image.judging import RULES, HostileLayerError, LayerJudge
from wisp.image.layout import BlobStore, DamagedBlobError
from wisp.image.unpacking import UnpackingError, most_unpacked, opened_tar
from wisp.image.whiteouts import Whiteouts
from wisp.patterns import pattern
from wisp.specs.oci import Digest
from wisp.trust import found_bytes

#: Bytes of a C library that are looked through; some 2 MB are usual.
_LARGEST_LIBC = 32 << 20
_LIBC = pattern(r"(.*/)?libc(\.so\.6|-2\.\d+\.so)")
_RELEASE = re.compile(rb"GNU C Library [^\n]*?version (\d{1,9})\.(\d{1,9})")

Glibc = tuple[int, int]


def judged_glibc(
    digest: Digest, layers: Sequence[StackedLayer], store: BlobStore, where: str
) -> Glibc | None:
    """Judge the layers below a digest, unless that was done, and return their C library's version.

    Raises:
        HostileLayerError: A layer has what an image may not have, or is not what its image says.
        UnpackingError: Nobody here can unpack one, or it unpacks to too much.
        DamagedBlobError: One cannot be read.

    """
    note = store.folder / "judged" / digest.hex
    with suppress(OSError, ValueError, LookupError, TypeError):
        kept = json_data(found_bytes(note))
        if isinstance(kept, dict) and kept.get("rules") == RULES:
            return tuple(kept["glibc"]) if kept["glibc"] else None
    libraries: dict[PurePosixPath, Glibc] = {}
    for layer in layers:
        own, markers = _judged(layer, store, where)
        kept = {at: one for at, one in libraries.items() if not markers.hide(at) and at not in own}
        libraries = kept | own
    glibc = next(reversed(libraries.values()), None)
    write_atomically(note, json.dumps({"rules": RULES, "glibc": glibc}))
    return glibc


def _judged(
    layer: StackedLayer, store: BlobStore, where: str
) -> tuple[dict[PurePosixPath, Glibc], Whiteouts]:
    """Judge a layer; return the C libraries in it, and what it takes away of those below."""
    row = layer.blob.descriptor
    name = f"the layer `{row.digest}` of {where}"
    judge, markers = LayerJudge(name), Whiteouts()
    found: dict[PurePosixPath, Glibc] = {}
    room = most_unpacked(row.size)
    read = hashlib.sha256()
    try:
        with opened_tar(store.path(row.digest), read.update) as archive:
            for member in archive:
                path = judge.take(member)
                room -= member.size  # of a file with holes, with these
                if room < 0:
                    raise UnpackingError(f"{name} unpacks to too much, at `{member.name}`")
                is_marker = markers.take(path)
                if member.isfile() and not is_marker and _LIBC.fullmatch(str(path)):
                    version = _version(archive, member)
                    found |= {path: version} if version else {}
    except (OSError, EOFError) as error:
        raise DamagedBlobError(f"could not read {name}", causes=[str(error)]) from error
    except tarfile.TarError as error:
        raise HostileLayerError(f"{name} is no layer", causes=[str(error)]) from error
    if layer.blob.diff_id.hex != read.hexdigest():
        raise HostileLayerError(f"{name} holds something else than its configuration says")
    return found, markers


def _version(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Glibc | None:
    file = archive.extractfile(member)
    found = _RELEASE.search(file.read(_LARGEST_LIBC)) if file else None
    return (int(found[1]), int(found[2])) if found else None
