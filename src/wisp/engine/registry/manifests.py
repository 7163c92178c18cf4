"""Manifests and indexes of a registry, as the bytes they are: whoever parses them changes nothing.

A digest is always computed here. What a registry claims in `Docker-Content-Digest` is believed of
no bytes that came. After a push it says that a registry has understood what went there: a page that
answers 200 to everything, such as that of a portal, says nothing of the kind.

Source: OCI distribution specification 1.1, "Pulling manifests", "Pushing Manifests".
"""

from __future__ import annotations

import hashlib

from wisp.engine.http_exchange import Bounds, Response
from wisp.engine.registry.faults import RegistryError, fault_of
from wisp.engine.registry.session import RegistrySession
from wisp.foreign import json_data
from wisp.specs.oci import INDEX, INDEXES, MANIFEST, MANIFESTS, Digest
from wisp.values import dataclass, field

#: Registries must take manifests of 4 MiB; nobody makes larger ones honestly.
LARGEST_MANIFEST = 4 * 1024 * 1024
_BOUNDS = Bounds(size=LARGEST_MANIFEST, seconds=120)
#: Indexes are accepted even where one image is wanted: strict registries answer 404 otherwise.
_ACCEPT = ", ".join((*MANIFESTS, *INDEXES))


@dataclass(frozen=True, slots=True)
class RawManifest:
    """The bytes of a manifest or index, their media type, and the digest computed of them."""

    content: bytes = field(repr=False)
    media_type: str
    digest: Digest

    @property
    def is_index(self) -> bool:
        """Whether it lists manifests of several platforms."""
        return self.media_type in INDEXES


def digest_of(content: bytes, algorithm: str = "sha256") -> Digest:
    """Return the digest of some bytes."""
    return Digest(f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}")


def fetch_manifest(session: RegistrySession, repository: str, identifier: str) -> RawManifest:
    """Fetch a manifest or index by tag or digest.

    Raises:
        RegistryError: It is not there, is no manifest, or does not have the digest asked for.
        FetchError: Nobody answers, or it is larger than `LARGEST_MANIFEST`.

    """
    path = f"{repository}/manifests/{identifier}"
    response = session.request("GET", path, headers={"Accept": _ACCEPT}, bounds=_BOUNDS)
    doing = f"read `{identifier}` of `{session.registry}/{repository}`"
    if not response.ok:
        raise fault_of(response, "GET", session.resolved(path), doing)
    content = response.body
    is_digest = ":" in identifier
    digest = digest_of(content, Digest(identifier).algorithm if is_digest else "sha256")
    if is_digest and digest != identifier:
        raise RegistryError(
            f"could not {doing}",
            causes=[f"the registry gave bytes whose digest is {digest}"],
        )
    return RawManifest(content, _media_type(content, response, doing), digest)


def push_manifest(
    session: RegistrySession, repository: str, identifier: str, content: bytes, media_type: str
) -> Digest:
    """Put a manifest or index under a tag or its digest, and return its digest.

    Whatever it names must be there before. Raises as `fetch_manifest`.
    """
    doing = f"put `{identifier}` into `{session.registry}/{repository}`"
    put_manifest(session, repository, identifier, content, media_type, doing)
    return digest_of(content)


def put_manifest(
    session: RegistrySession,
    repository: str,
    identifier: str,
    content: bytes,
    media_type: str,
    doing: str,
) -> Response:
    """Put a manifest, see that it has come, and return the answer.

    `doing` completes "could not …" in errors; who answers 202 may have it only later. Raises as
    `fetch_manifest`.
    """
    path = f"{repository}/manifests/{identifier}"
    response = session.request(
        "PUT", path, headers={"Content-Type": media_type}, body=content, bounds=_BOUNDS
    )
    if response.status not in {200, 201, 202}:
        raise fault_of(response, "PUT", session.resolved(path), doing)
    digest = digest_of(content)
    taken_for_later = response.status == 202
    if response.headers.get("docker-content-digest") != digest and not taken_for_later:
        _see_there(session, repository, digest, doing)
    return response


def _see_there(session: RegistrySession, repository: str, digest: Digest, doing: str) -> None:
    """Read a manifest back that a registry does not say it has by its digest."""
    try:
        fetch_manifest(session, repository, digest)
    except RegistryError as error:
        if error.status in {401, 403}:  # who may write need not be one who may read
            return
        raise RegistryError(
            f"could not {doing}",
            status=error.status,
            causes=["it was taken, and is not there", *map(str, error.causes)],
            hints=["what answers may be no registry, but a proxy or the page of a portal"],
        ) from error


def _media_type(content: bytes, response: Response, doing: str) -> str:
    """Return what the body says it is, else the header, else what it looks like."""
    try:
        table = json_data(content)
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict):
        raise RegistryError(f"could not {doing}", causes=["the answer is no manifest"])
    named = table.get("mediaType")
    if isinstance(named, str) and named:
        return named
    header = response.headers.get("content-type", "").partition(";")[0].strip()
    if header in (*MANIFESTS, *INDEXES):
        return header
    return INDEX if "manifests" in table else MANIFEST
