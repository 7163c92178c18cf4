"""An image in a registry as the base of another: its documents, and its layers as blobs."""

from __future__ import annotations

from wisp.engine.registry.blobs import fetch_blob
from wisp.engine.registry.manifests import RawManifest, fetch_manifest
from wisp.engine.registry.session import RegistrySession
from wisp.engine.scratch import scratch_folder
from wisp.image.base import Base, image_base
from wisp.image.layout import BlobStore
from wisp.specs.oci import INDEXES, MANIFESTS, Descriptor, Digest, ImagePlatform, Reference
from wisp.values import replace


class RegistrySource:
    """A repository of a registry; what was read before is taken from the store."""

    def __init__(self, session: RegistrySession, repository: str, store: BlobStore) -> None:
        self._session = session
        self._repository = repository
        self._store = store

    def read(self, blob: Descriptor) -> bytes:
        """Return a manifest, an index, or the blob of a configuration."""
        if not self._store.has(blob):
            if blob.media_type in (*MANIFESTS, *INDEXES):
                found = fetch_manifest(self._session, self._repository, blob.digest)
                self._store.add_bytes(blob, found.content)
            else:
                self.copy_to(self._store, blob)
        return self._store.read(blob)

    def copy_to(self, other: BlobStore, blob: Descriptor) -> None:
        """Fetch a blob unless it is there."""
        if other.has(blob):
            return
        with scratch_folder(other.folder, "pull-") as scratch:
            path = scratch / "blob"
            fetch_blob(self._session, self._repository, blob, path)
            other.adopt(path, blob)


def pulled_base(
    session: RegistrySession,
    reference: Reference,
    locked: Digest | None,
    platform: ImagePlatform,
    store: BlobStore,
) -> tuple[Base, Digest]:
    """Return a base of a registry, and the digest of what its name stands for.

    `locked` is what the name stood for before: then that is taken.

    Raises:
        RegistryError, FetchError: It cannot be had.
        BaseImageError: It is not for the platform, or is no image.

    """
    identifier = reference.digest or locked or reference.identifier
    found = fetch_manifest(session, reference.repository, identifier)
    top = _descriptor(found, platform)
    store.add_bytes(top, found.content)
    source = RegistrySource(session, reference.repository, store)
    base = image_base([top], platform, source, store, str(reference))
    return replace(base, name=str(reference)), found.digest


def _descriptor(found: RawManifest, platform: ImagePlatform) -> Descriptor:
    """Describe what a name stands for; a single image is taken to be for the platform.

    What it is for stands in its configuration, which nobody contradicts by a name.
    """
    return Descriptor(
        media_type=found.media_type,
        digest=found.digest,
        size=len(found.content),
        platform=platform,
    )
