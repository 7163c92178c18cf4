"""Manifests that refer to others: pushed, and listed where a registry does not do that itself.

Source: OCI distribution specification 1.1, "Pushing Manifests with Subject", "Referrers Tag
Schema": a registry that keeps the list says so by `OCI-Subject`; for others a tag stands for it.
"""

from __future__ import annotations

import json

from wisp.engine.registry.faults import RegistryError
from wisp.engine.registry.manifests import fetch_manifest, push_manifest, put_manifest
from wisp.engine.registry.session import RegistrySession
from wisp.foreign import json_data
from wisp.specs.oci import INDEX, Descriptor


def push_referrer(
    session: RegistrySession,
    repository: str,
    manifest: Descriptor,
    content: bytes,
    subject: Descriptor,
) -> None:
    """Put a manifest that refers to `subject`, whose blobs are there, and see that it is listed.

    Raises:
        RegistryError: The registry refuses.
        FetchError: Nobody answers.

    """
    doing = f"attach `{manifest.digest}` in `{session.registry}/{repository}`"
    response = put_manifest(
        session, repository, manifest.digest, content, manifest.media_type, doing
    )
    if "oci-subject" not in response.headers:
        _list(session, repository, manifest, subject)


def _list(
    session: RegistrySession, repository: str, manifest: Descriptor, subject: Descriptor
) -> None:
    tag = f"{subject.digest.algorithm}-{subject.digest.hex}"
    rows = _listed(session, repository, tag)
    kept = [row for row in rows if row.get("digest") != manifest.digest]
    table = {
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": [*kept, manifest.as_json()],
    }
    content = json.dumps(table, sort_keys=True, separators=(",", ":")).encode()
    push_manifest(session, repository, tag, content, INDEX)


def _listed(session: RegistrySession, repository: str, tag: str) -> list[dict[str, object]]:
    """Return the rows of the list that is there; nothing is lost of what others have attached."""
    try:
        found = fetch_manifest(session, repository, tag)
    except RegistryError as error:
        if error.status == 404:
            return []
        raise
    rows = json_data(found.content).get("manifests")
    if not found.is_index or not isinstance(rows, list):
        raise RegistryError(
            f"could not list what refers to an image in `{session.registry}/{repository}`",
            causes=[f"the tag `{tag}` is no list"],
        )
    return [row for row in rows if isinstance(row, dict)]
