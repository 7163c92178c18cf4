"""What is attached to an image without being part of it, such as a bill of materials.

A manifest of its own says which image it is about (`subject`) and what it is (`artifactType`). The
image does not know of it, so its digest stays as it is.

Source: OCI image specification 1.1, manifest.md, "Guidelines for Artifact Usage"; descriptor.md,
"Guidance for an Empty Descriptor".
"""

from __future__ import annotations

import hashlib

from wisp.image.documents import TITLE, ImageDocument, canonical
from wisp.specs.oci import EMPTY, MANIFEST, Descriptor, Digest
from wisp.values import dataclass, replace

_NOTHING = b"{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """A manifest that refers to an image, and the blobs below it; `subject` is the image's."""

    manifest: ImageDocument
    blobs: tuple[ImageDocument, ...]
    subject: Descriptor


def referrer_to(subject: Descriptor, content: bytes, media_type: str, title: str) -> Referrer:
    """Attach bytes to an image; `title` is the file name that tools save them under."""
    payload = _blob(content, media_type)
    nothing = _blob(_NOTHING, EMPTY)
    layer = replace(payload.descriptor, annotations={TITLE: title})
    bare = replace(subject, platform=None, annotations={})
    manifest = canonical(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": media_type,
            "config": nothing.descriptor.as_json(),
            "layers": [layer.as_json()],
            "subject": bare.as_json(),
        }
    )
    described = replace(_blob(manifest, MANIFEST).descriptor, artifact_type=media_type)
    return Referrer(
        manifest=ImageDocument(described, manifest), blobs=(nothing, payload), subject=bare
    )


def _blob(content: bytes, media_type: str) -> ImageDocument:
    digest = Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")
    return ImageDocument(
        Descriptor(media_type=media_type, digest=digest, size=len(content)), content
    )
