"""A base from this disk: a layout, an archive of one, or a root file system made a layer."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from wisp.engine.files import refusal
from wisp.engine.scratch import scratch_folder
from wisp.image.base import Base, BaseImageError, layout_base
from wisp.image.base_layers import judged_glibc
from wisp.image.cache import CachedLayer, LayerCache
from wisp.image.documents import StackedLayer, canonical
from wisp.image.entries import file_entry, walk, with_parents
from wisp.image.judging import LayerJudge
from wisp.image.layer import MEDIA_TYPES, LayerBlob, LayerSink, compressor_name, write_layer
from wisp.image.layout import BlobStore
from wisp.image.unpacking import most_unpacked, opened_tar
from wisp.patterns import pattern
from wisp.specs.oci import ImagePlatform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp.image.layer import Compression

_CHUNK = 1 << 20
_ROOT = PurePosixPath()
#: Members of an archive of Docker before it knew layouts: a folder for each layer.
_SAVED = pattern(r"[0-9a-f]{64}(/|\.json|$)")
#: After so many members it is clear that an archive is a root file system.
_LOOK_AT = 32


def local_base(
    path: Path, platform: ImagePlatform, store: BlobStore, *, time: int, compression: Compression
) -> Base:
    """Read a base from this disk: a layout, an image archive, a root file system.

    Raises:
        BaseImageError: It is none of these, or not for this platform.
        HostileLayerError: It has what an image may not have.
        HostError: It cannot be read.

    """
    if path.is_dir():
        if (path / "oci-layout").exists():
            return layout_base(path, platform, store)
        return _folder_base(path, store, time=time, compression=compression)
    try:
        form = _form(path)
        if form == "rootfs":
            return _tar_base(path, store, time=time, compression=compression)
    except tarfile.TarError as error:
        raise BaseImageError(f"`{path}` is no archive", causes=[str(error)]) from error
    except OSError as error:
        raise refusal("read", path, error) from error
    if form == "docker":
        raise BaseImageError(
            f"`{path}` is an archive as older Docker engines save it",
            hints=[f"turn it into a layout: `skopeo copy docker-archive:{path} oci:DIR`"],
        )
    with _unpacked(path, store) as folder:
        return layout_base(folder, platform, store)


def _form(path: Path) -> Literal["layout", "docker", "rootfs"]:
    """Tell by its first members what an archive is; a root file system is not read to its end."""
    with opened_tar(path) as archive:
        for at, member in enumerate(archive):
            name = member.name.removeprefix("./")
            if name == "oci-layout" or name.startswith("blobs/"):
                return "layout"
            if name in ("manifest.json", "repositories") or _SAVED.match(name):
                return "docker"
            if at == _LOOK_AT:
                break
    return "rootfs"


@contextmanager
def _unpacked(path: Path, store: BlobStore) -> Iterator[Path]:
    """Unpack an image archive beside the store: only files that a layout has."""
    with scratch_folder(store.folder, "base-") as scratch:
        with opened_tar(path) as archive:
            for member in archive:
                if member.issparse():  # which may say that it has any size
                    raise BaseImageError(f"`{path}` has a file with holes: `{member.name}`")
                archive.extract(member, scratch, filter="data")
        yield scratch


def _folder_base(folder: Path, store: BlobStore, *, time: int, compression: Compression) -> Base:
    """Make a layer of a root file system in a folder; everything belongs to root."""
    entries = with_parents(file_entry(folder / path, path) for path in walk(folder))
    with store.draft() as draft:
        blob = write_layer(entries, draft, time=time, compression=compression)
        store.keep(draft, blob.descriptor)
    return _rootfs_base(blob, store)


def _tar_base(path: Path, store: BlobStore, *, time: int, compression: Compression) -> Base:
    """Make a layer of a root file system in a tar, or find the one that was made of it before."""
    cache = LayerCache(store.folder)
    key = _archive_key(path, time, compression)
    known = cache.find(key)
    if known is not None:
        return _rootfs_base(known.blob, store)
    blob = _repacked(path, store, time, compression)
    cache.remember(key, CachedLayer(blob=blob, paths=()))
    return _rootfs_base(blob, store)


def _archive_key(path: Path, time: int, compression: Compression) -> str:
    """Tell an archive from any other by what the file system says of it.

    Whoever writes there changes that, and to read all would take as long as to pack it anew.
    """
    found = path.stat()
    place = [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]
    table = {"rootfs": place, "time": time, "compressor": compressor_name(compression)}
    return hashlib.sha256(canonical(table)).hexdigest()


def _repacked(path: Path, store: BlobStore, time: int, compression: Compression) -> LayerBlob:
    """Write the members of an archive with times made equal."""
    room, judge = most_unpacked(path.stat().st_size), LayerJudge(f"`{path}`")
    with opened_tar(path) as source, store.draft() as draft:
        sink = LayerSink(draft, compression)
        buffered = io.BufferedWriter(sink, _CHUNK)
        with tarfile.open(fileobj=buffered, mode="w", format=tarfile.PAX_FORMAT) as target:
            for member in source:
                room -= member.size  # of a file with holes, with these
                if room < 0:
                    raise BaseImageError(f"`{path}` unpacks to too much, at `{member.name}`")
                member.mtime = time
                _take_over(source, target, member, judge)
        buffered.flush()
        blob = sink.finish(MEDIA_TYPES[compression])
        store.keep(draft, blob.descriptor)
    return blob


def _take_over(
    source: tarfile.TarFile, target: tarfile.TarFile, member: tarfile.TarInfo, judge: LayerJudge
) -> None:
    """Write a member as layers have it. Engines make the few devices that containers have."""
    path = judge.take(member)
    if path == _ROOT or member.isdev():
        return
    taken = tarfile.TarInfo(str(path))
    taken.type, taken.mode, taken.size = member.type, member.mode, member.size
    taken.uid, taken.gid, taken.mtime = member.uid, member.gid, member.mtime
    taken.linkname = member.linkname.removeprefix("./") if member.islnk() else member.linkname
    target.addfile(taken, source.extractfile(member) if member.isreg() else None)


def _rootfs_base(blob: LayerBlob, store: BlobStore) -> Base:
    layer = StackedLayer(blob=blob, comment="base")
    glibc = judged_glibc(blob.descriptor.digest, [layer], store, "the base")
    return Base(layers=(layer,), glibc=glibc)
