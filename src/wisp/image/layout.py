"""Blobs by their digests, layouts that refer to them, and a layout as one archive.

A blob appears under its name only once it is whole and has that digest. The archive is of both
kinds at once: an OCI archive, and with Docker's `manifest.json` what `docker load` takes.

Sources: OCI image specification, image-layout.md; Docker image specification 1.2, "combined image
JSON + filesystem changeset format".
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tarfile
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from wisp.engine.files import refusal, write_atomically
from wisp.engine.safe.root import Root
from wisp.engine.scratch import scratch_folder
from wisp.errors import WispError
from wisp.foreign import json_data, why_unfit
from wisp.image.documents import IMAGE_NAME, REF_NAME, ImageDocument, canonical
from wisp.image.entries import FILE_MODE, FOLDER_MODE
from wisp.image.outputs import LAYOUT_MARK, check_output
from wisp.image.referrers import Referrer
from wisp.specs.oci import INDEX, Descriptor, Digest, Reference
from wisp.trust import found_bytes
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

LAYOUT_VERSION = b'{"imageLayoutVersion":"1.0.0"}'
_CHUNK = 1 << 20
#: Where a blob lies until it is whole.
_DRAFT = "draft-"


class DamagedBlobError(WispError):
    """A blob does not have the digest or the size that is said of it."""


class BlobStore:
    """A folder `blobs/ALGORITHM/HEX`. Several processes may add to it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: Digest) -> Path:
        """Return where a blob is, or would be."""
        return self.folder / "blobs" / digest.algorithm / digest.hex

    def has(self, blob: Descriptor) -> bool:
        """Tell whether a blob of that digest and size is there."""
        with contextlib.suppress(OSError):
            return self.path(blob.digest).stat().st_size == blob.size
        return False

    def add(self, document: ImageDocument) -> None:
        """Store a document."""
        self.add_bytes(document.descriptor, document.content)

    def add_bytes(self, blob: Descriptor, content: bytes) -> None:
        """Store bytes, which have to be what is said of them. Raises `DamagedBlobError`."""
        if len(content) != blob.size or _digest(content, blob.digest) != blob.digest:
            raise _damaged(blob)
        if not self.has(blob):
            write_atomically(self.path(blob.digest), content)

    def adopt(self, file: Path, blob: Descriptor) -> None:
        """Give a file on the same disk, whose digest its writer has verified, its place."""
        path = self.path(blob.digest)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file.chmod(FILE_MODE)
            file.replace(path)
        except OSError as error:
            raise refusal("write", path, error) from error

    def read(self, blob: Descriptor) -> bytes:
        """Return the bytes of a blob.

        Raises:
            DamagedBlobError: They are not what the descriptor says.
            HostError: The file is missing or cannot be read.

        """
        path = self.path(blob.digest)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise refusal("read", path, error) from error
        if len(content) != blob.size or _digest(content, blob.digest) != blob.digest:
            raise _damaged(blob)
        return content

    @contextlib.contextmanager
    def draft(self) -> Iterator[IO[bytes]]:
        """Open a file that `keep` turns into a blob; without that it is gone at the end.

        Raises:
            HostError: The operating system refuses.

        """
        with scratch_folder(self.folder, _DRAFT) as folder:
            path = folder / "blob"
            try:
                # Opened by its name, which `keep` has to know.
                with path.open("w+b") as file:
                    yield file
            except OSError as error:
                raise refusal("write", path, error) from error

    def keep(self, draft: IO[bytes], blob: Descriptor) -> None:
        """Give a whole draft, whose digest the writer has just computed, its name."""
        draft.flush()
        os.fchmod(draft.fileno(), FILE_MODE)
        os.fsync(draft.fileno())
        if os.fstat(draft.fileno()).st_size != blob.size:
            raise _damaged(blob)
        path = self.path(blob.digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(draft.name, path)  # noqa: PTH105

    def copy_to(self, other: BlobStore, blob: Descriptor) -> None:
        """Put a blob into another store: linked where the disk is the same, verified if copied.

        Raises:
            DamagedBlobError: The bytes are not what the descriptor says.
            HostError: The operating system refuses.

        """
        if other.has(blob):
            return
        source, target = self.path(blob.digest), other.path(blob.digest)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):
                os.link(source, target, follow_symlinks=False)
                return
            with source.open("rb") as file, other.draft() as draft:
                _copy(file, draft, blob)
                other.keep(draft, blob)
        except OSError as error:
            raise refusal("copy", source, error) from error


def _copy(source: IO[bytes], target: IO[bytes], blob: Descriptor) -> None:
    """Copy exactly the announced bytes, and fail unless they have the announced digest."""
    digest = hashlib.new(blob.digest.algorithm)
    left = blob.size
    while left and (piece := source.read(min(left, _CHUNK))):
        digest.update(piece)
        target.write(piece)
        left -= len(piece)
    if left or digest.hexdigest() != blob.digest.hex:
        raise _damaged(blob)


def _digest(content: bytes, like: Digest) -> Digest:
    return Digest(f"{like.algorithm}:{hashlib.new(like.algorithm, content).hexdigest()}")


def _damaged(blob: Descriptor) -> DamagedBlobError:
    return DamagedBlobError(
        f"the blob `{blob.digest}` is damaged",
        hints=["remove it and build again: it is made or fetched anew"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageBlobs:
    """An image in a store: its top (a manifest or an index), and all blobs it refers to.

    `archives` are the manifests of single platforms, as Docker's own list wants them: the
    descriptor of the configuration and those of the layers.
    """

    top: ImageDocument
    documents: tuple[ImageDocument, ...]
    layers: tuple[Descriptor, ...]
    archives: tuple[tuple[Descriptor, tuple[Descriptor, ...]], ...]


def write_layout(
    folder: Path,
    image: ImageBlobs,
    store: BlobStore,
    names: Sequence[Reference],
    referrers: Sequence[Referrer] = (),
) -> None:
    """Put an image into a layout in a folder, which may hold others; equal names are taken over.

    `referrers` to it come along, and stand in the index as artifacts without a name.

    Raises:
        UsageError: The folder holds something else.
        HostError: It cannot be written, or would be through a link.

    """
    check_output(folder)
    marker = folder / LAYOUT_MARK
    root = Root(folder)
    for algorithm in {"sha256", *(layer.digest.algorithm for layer in image.layers)}:
        root.require(folder / "blobs" / algorithm)
    target = BlobStore(folder)
    attached = [blob for one in referrers for blob in (*one.blobs, one.manifest)]
    for document in (*image.documents, image.top, *attached):
        target.add(document)
    for layer in image.layers:
        store.copy_to(target, layer)
    rows = [one.manifest.descriptor.as_json() for one in referrers]
    digests = {row["digest"] for row in rows}
    others = [row for row in _others(folder, names) if row.get("digest") not in digests]
    root.write(folder / "index.json", _index((*others, *rows), image, names))
    root.write(marker, LAYOUT_VERSION)


def _others(folder: Path, names: Sequence[Reference]) -> list[Mapping[str, object]]:
    """Return the rows of a layout's index that the new image does not replace."""
    index = folder / "index.json"
    if not index.exists():
        return []
    try:
        rows = json_data(found_bytes(index))["manifests"]
        taken = {ref_name(name) for name in names}
        return [row for row in rows if row.get("annotations", {}).get(REF_NAME) not in taken]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WispError(f"`{index}` is no index of images", causes=[why_unfit(error)]) from error


def ref_name(name: Reference) -> str:
    """Return how a layout calls an image: by its tag, as other tools expect."""
    return name.tag or "latest"


def _index(
    others: Iterable[Mapping[str, object]], image: ImageBlobs, names: Sequence[Reference]
) -> bytes:
    top = image.top.descriptor
    named = [row for row in others if row.get("digest") != top.digest or row.get("annotations")]
    rows: list[object] = [*named]
    for name in names:
        annotations = {REF_NAME: ref_name(name), IMAGE_NAME: str(name)}
        rows.append({**top.as_json(), "annotations": annotations})
    if not names:
        rows.append(top.as_json())
    return canonical({"schemaVersion": 2, "mediaType": INDEX, "manifests": rows})


def write_archive(
    out: IO[bytes],
    image: ImageBlobs,
    store: BlobStore,
    names: Sequence[Reference],
    known: Container[Digest] = (),
) -> None:
    """Write an image as one tar. The same image under the same names gives the same bytes.

    Layers that are `known` are left out: who reads it has them.

    Raises:
        HostError: A blob cannot be read.

    """
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        _text(archive, "oci-layout", LAYOUT_VERSION)
        _text(archive, "index.json", _index((), image, names))
        _text(archive, "manifest.json", _docker_manifest(image, names))
        _folder(archive, "blobs")
        _folder(archive, "blobs/sha256")
        for document in sorted(
            (*image.documents, image.top), key=lambda one: one.descriptor.digest
        ):
            _text(archive, _member(document.descriptor), document.content)
        for layer in sorted(image.layers, key=lambda one: one.digest):
            if layer.digest not in known:
                _blob(archive, layer, store)


def _docker_manifest(image: ImageBlobs, names: Sequence[Reference]) -> bytes:
    """Write Docker's list; of several platforms it can name but one, since tags are unique."""
    config, layers = image.archives[0]
    row = {
        "Config": _member(config),
        "RepoTags": [docker_name(name) for name in names] or None,
        "Layers": [_member(layer) for layer in layers],
    }
    return canonical([row])


def docker_name(name: Reference) -> str:
    """Spell a name as Docker lists it: what it would complete is left out."""
    text = f"{name.name}:{name.tag or 'latest'}"
    return text.removeprefix("docker.io/").removeprefix("library/")


def _member(blob: Descriptor) -> str:
    return f"blobs/{blob.digest.algorithm}/{blob.digest.hex}"


def _text(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), FILE_MODE
    archive.addfile(member, io.BytesIO(content))


def _folder(archive: tarfile.TarFile, name: str) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.mode = tarfile.DIRTYPE, FOLDER_MODE
    archive.addfile(member)


def _blob(archive: tarfile.TarFile, blob: Descriptor, store: BlobStore) -> None:
    path = store.path(blob.digest)
    member = tarfile.TarInfo(_member(blob))
    member.size, member.mode = blob.size, FILE_MODE
    try:
        with path.open("rb") as file:
            archive.addfile(member, file)
    except tarfile.ReadError as error:
        raise _damaged(blob) from error
    except OSError as error:
        raise refusal("read", path, error) from error
