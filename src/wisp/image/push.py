"""An image to a registry: blobs first, what refers to them after, the name last.

So a name never stands for an image of which something is missing, whenever this ends.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from wisp.engine.registry.manifests import push_manifest
from wisp.engine.registry.referrers import push_referrer
from wisp.engine.registry.session import RegistrySession
from wisp.engine.registry.uploads import put_blob
from wisp.image.layout import BlobStore, ImageBlobs
from wisp.image.referrers import Referrer
from wisp.report import BYTES, SILENT, Reporter
from wisp.specs.oci import CONFIG, Descriptor, Digest
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from wisp.engine.registry.uploads import Way

    #: What is said of a blob, and what opens its bytes.
    _Blob = tuple[Descriptor, Callable[[], BinaryIO]]

#: How many blobs travel at once.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSummary:
    """How the blobs of an image came to a repository, and how many bytes had to travel."""

    there: int
    mounted: int
    uploaded: int
    bytes_sent: int


def push(
    session: RegistrySession,
    repository: str,
    tags: Sequence[str],
    image: ImageBlobs,
    store: BlobStore,
    *,
    source: str | None = None,
    reporter: Reporter = SILENT,
) -> PushSummary:
    """Put an image into a repository under tags.

    `source` is a repository of the same registry that may have some of its layers.

    Raises:
        RegistryError: The registry refuses.
        FetchError: Nobody answers.

    """
    blobs = _blobs(image, store)
    token = reporter.start("pushing", repository, sum(blob.size for blob, _ in blobs))
    reporter.describe(token, unit=BYTES)

    def put(row: _Blob) -> Way:
        blob, content = row
        # Configurations are nobody else's.
        where = source if blob.media_type != CONFIG else None
        way = put_blob(session, repository, blob, content, source=where)
        reporter.advance(token, blob.size)
        return way

    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            ways = list(pool.map(put, blobs))
        _put_manifests(session, repository, tags, image)
    finally:
        reporter.finish(token)
    sent = sum(blob.size for (blob, _), way in zip(blobs, ways, strict=True) if way == "uploaded")
    return PushSummary(
        there=ways.count("there"),
        mounted=ways.count("mounted"),
        uploaded=ways.count("uploaded"),
        bytes_sent=sent,
    )


def push_referrers(
    session: RegistrySession, repository: str, referrers: Sequence[Referrer]
) -> None:
    """Attach manifests to an image that is in a repository already. Raises as `push`."""
    for one in referrers:
        for blob in one.blobs:
            put_blob(session, repository, blob.descriptor, partial(io.BytesIO, blob.content))
        manifest = one.manifest
        push_referrer(session, repository, manifest.descriptor, manifest.content, one.subject)


def _put_manifests(
    session: RegistrySession, repository: str, tags: Sequence[str], image: ImageBlobs
) -> None:
    """Put what names the blobs, by digest, and at last the top of it under its tags."""
    for document in image.documents:
        found = document.descriptor
        if found.media_type != CONFIG:
            push_manifest(session, repository, found.digest, document.content, found.media_type)
    top = image.top.descriptor
    for name in tags:
        push_manifest(session, repository, name, image.top.content, top.media_type)


def _blobs(image: ImageBlobs, store: BlobStore) -> list[_Blob]:
    """Return what goes as blobs: layers, the largest first, and configurations."""
    layers = sorted(image.layers, key=lambda one: (-one.size, one.digest))
    documents = [one for one in image.documents if one.descriptor.media_type == CONFIG]
    return [
        *((layer, partial(_opened, store, layer.digest)) for layer in layers),
        *((one.descriptor, partial(io.BytesIO, one.content)) for one in documents),
    ]


def _opened(store: BlobStore, digest: Digest) -> BinaryIO:
    return store.path(digest).open("rb")
