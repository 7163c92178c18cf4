"""An image on this disk, weighed layer by layer: a layout, or an archive of wisp or Docker.

Source: OCI image specification, image-layout.md; Docker image specification 1.2.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath

from wisp.api.weighing.owners import Owners
from wisp.api.weighing.report import LayerSize, Pile
from wisp.errors import WispError
from wisp.foreign import json_data, why_unfit
from wisp.image.unpacking import ForeignTar, most_unpacked, streamed_tar, unpacked
from wisp.image.whiteouts import Whiteouts
from wisp.specs.oci import INDEXES, Digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

#: Bytes of a document of an image, and of a file that is read in a layer.
_LONGEST = 64 << 20
#: How far indexes may be below each other.
_DEEPEST = 3


class _Blobs:
    """The files of a layout or an archive, by their paths there."""

    def __init__(self, path: Path) -> None:
        self._folder = path
        self._archive = None if path.is_dir() else ForeignTar.open(path)

    def close(self) -> None:
        if self._archive is not None:
            self._archive.close()

    def open(self, name: str) -> tuple[IO[bytes], int]:
        """Return a file and its size. Raises `ValueError` for one that is not inside."""
        if name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise ValueError(f"`{name}` leads out of it")
        if self._archive is None:
            path = self._folder / name
            return path.open("rb"), path.stat().st_size
        member = self._archive.getmember(name)
        file = self._archive.extractfile(member)
        if file is None:
            raise KeyError(name)
        return file, member.size

    def json(self, name: str) -> Any:
        file, _ = self.open(name)
        with file:
            return json_data(file.read(_LONGEST))


def weigh_image(path: Path) -> tuple[Pile, Owners, tuple[LayerSize, ...]]:
    """Weigh what an image shows of its layers, and each layer by itself.

    Raises:
        WispError: It is no image, or damaged.

    """
    try:
        with ExitStack() as stack:
            blobs = _Blobs(path)
            stack.callback(blobs.close)
            return _weigh(blobs, *_documents(blobs))
    except (OSError, ValueError, KeyError, TypeError, tarfile.TarError) as error:
        raise WispError(f"`{path}` is no image", causes=[why_unfit(error)]) from error


def _documents(blobs: _Blobs) -> tuple[Mapping[str, Any], list[str]]:
    """Return an image's configuration, and the paths of its layers."""
    try:
        row = blobs.json("manifest.json")[0]
    except (KeyError, FileNotFoundError):
        return _of_layout(blobs, blobs.json("index.json"))
    return blobs.json(row["Config"]), list(row["Layers"])


def _of_layout(blobs: _Blobs, index: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    document = _first_image(blobs, index)
    if document is None:
        raise ValueError("there is none in its index")
    config = blobs.json(_path(document["config"]["digest"]))
    return config, [_path(layer["digest"]) for layer in document["layers"]]


def _first_image(
    blobs: _Blobs, index: Mapping[str, Any], depth: int = 0
) -> Mapping[str, Any] | None:
    """Find an image among what an index has: bills and attestations stand there, too."""
    for row in index["manifests"]:
        document = blobs.json(_path(row["digest"]))
        if row["mediaType"] in INDEXES:
            found = _first_image(blobs, document, depth + 1) if depth < _DEEPEST else None
        else:
            found = None if _is_about_another(row, document) else document
        if found is not None:
            return found
    return None


def _is_about_another(row: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Tell what is attached to an image, as OCI 1.1 has it and as BuildKit does."""
    system = row.get("platform", {}).get("os")
    return "subject" in document or "artifactType" in document or system == "unknown"


def _path(digest: str) -> str:
    found = Digest(digest)
    return f"blobs/{found.algorithm}/{found.hex}"


def _weigh(
    blobs: _Blobs, config: Mapping[str, Any], names: list[str]
) -> tuple[Pile, Owners, tuple[LayerSize, ...]]:
    titles = [
        row.get("comment") or row.get("created_by", "")[:80]
        for row in config.get("history", ())
        if not row.get("empty_layer")
    ]
    shown: dict[str, tuple[int, str]] = {}
    owners = Owners()
    layers: list[LayerSize] = []
    for at, name in enumerate(names):
        title = titles[at] if at < len(titles) else f"layer {at + 1}"
        with _members(blobs, name) as (archive, packed):
            size = _stack(archive, title, shown, owners)
        layers.append(LayerSize(title=title, size=size, packed=packed))
    owners.prefer_conda()
    pile = Pile()
    for path, (size, title) in shown.items():
        pile.add(owners.of(path) or ("other", title), path, size)
    return pile, owners, tuple(layers)


@contextmanager
def _members(blobs: _Blobs, name: str) -> Iterator[tuple[tarfile.TarFile, int]]:
    file, packed = blobs.open(name)
    with file:
        limit = most_unpacked(packed)
        with streamed_tar(unpacked(file, limit), limit) as archive:
            yield archive, packed


def _stack(
    archive: tarfile.TarFile, title: str, shown: dict[str, tuple[int, str]], owners: Owners
) -> int:
    """Put a layer on those below; return its bytes."""
    markers, own, total = Whiteouts(), dict[str, tuple[int, str]](), 0
    for member in archive:
        path = member.name.removeprefix("./").strip("/")
        if markers.take(PurePosixPath(path)):
            continue
        if member.isfile() or member.issym() or member.islnk():
            own[path] = (member.size, title)
            total += member.size
            if member.isfile() and owners.wants(path):
                file = archive.extractfile(member)
                owners.read(path, file.read(_LONGEST) if file else b"")
    for path in [one for one in shown if markers.hide(PurePosixPath(one))]:
        del shown[path]
    shown.update(own)
    return total
