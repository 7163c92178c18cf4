"""What is attached to an image without being part of it, such as a bill of materials.

A manifest of its own says which image it is about (`subject`) and what it is (`artifactType`). The
image does not know of it, so its digest stays as it is.

Source: OCI image specification 1.1, manifest.md, "Guidelines for Artifact Usage"; descriptor.md,
"Guidance for an Empty Descriptor".
"""

from __future__ import annotations

from wisp.image.documents import TITLE, ImageDocument, canonical, described
from wisp.specs.oci import EMPTY, MANIFEST, Descriptor
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
    payload = described(content, media_type)
    nothing = described(_NOTHING, EMPTY)
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
    document = described(manifest, MANIFEST)
    descriptor = replace(document.descriptor, artifact_type=media_type)
    return Referrer(
        manifest=ImageDocument(descriptor, manifest), blobs=(nothing, payload), subject=bare
    )
