"""Bringing blobs to a registry: mounted from another repository, in one piece, or in several.

Up to 64 MiB go in one PUT; larger ones in pieces, since proxies allow bodies of some 100 MB. A
piece that is lost on the way goes on from where the registry is, if that still knows of the upload;
else the whole blob is tried again with a new one.

Source: OCI distribution specification 1.1, "Pushing blobs", "Mounting a blob from another
repository", "Pushing a blob in chunks".
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from urllib.parse import quote, urlencode, urlsplit

from wisp.engine.http_exchange import Bounds, Response, Upload
from wisp.engine.registry.blobs import Progress, has_blob, seconds_for
from wisp.engine.registry.faults import RegistryError, fault_of
from wisp.engine.registry.session import RegistrySession
from wisp.errors import FetchError
from wisp.foreign import whole_number
from wisp.specs.oci import Descriptor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, Literal

    #: How a blob came to be there.
    Way = Literal["there", "mounted", "uploaded"]

CHUNK = 64 * 1024 * 1024
_ATTEMPTS = 5
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 60.0


def put_blob(
    session: RegistrySession,
    repository: str,
    blob: Descriptor,
    content: Callable[[], BinaryIO],
    *,
    source: str | None = None,
    progress: Progress = lambda _count: None,
    chunk: int = CHUNK,
) -> Way:
    """See to it that a blob is in a repository, and say how it came there.

    `content` opens its bytes anew each time; `source` is another repository of the same registry
    that may have it (the session needs the scope to read from there). The registry compares the
    digest.

    Raises:
        RegistryError: The registry refuses.
        FetchError: Nobody answers.

    """
    if has_blob(session, repository, blob.digest):
        return "there"
    upload = _Uploading(session, repository, blob, content, progress, chunk)
    pause = _FIRST_PAUSE
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return upload.once(source)
        except (RegistryError, FetchError) as error:
            asked = error.pause if isinstance(error, RegistryError) else 0.0
            if attempt == _ATTEMPTS or not _may_pass(error) or asked > _LONGEST_PAUSE:
                raise
            # A mount that made trouble is not worth a second one.
            source = None
            time.sleep(max(pause, asked))
            pause *= 3
    raise AssertionError("unreachable")


def _may_pass(error: RegistryError | FetchError) -> bool:
    return not isinstance(error, RegistryError) or error.temporary


def _is_misplaced(error: RegistryError | FetchError) -> bool:
    return isinstance(error, RegistryError) and error.status == 416


class _Uploading:
    def __init__(
        self,
        session: RegistrySession,
        repository: str,
        blob: Descriptor,
        content: Callable[[], BinaryIO],
        progress: Progress,
        chunk: int,
    ) -> None:
        self._session = session
        self._repository = repository
        self._blob = blob
        self._content = content
        self._progress = progress
        self._chunk = chunk

    def once(self, source: str | None) -> Way:
        begun = self._begun(source) if source else None
        if begun is not None and begun.status == 201:
            return "mounted"
        if begun is None or begun.status != 202:
            begun = self._begun(None)
        if begun.status != 202:
            raise self._fault(begun, "POST")
        location = self._location(begun, f"{self._repository}/blobs/uploads/")
        if self._blob.size <= self._chunk:
            self._in_one(location)
        else:
            self._in_pieces(location, max(self._chunk, _least(begun)))
        return "uploaded"

    def _begun(self, source: str | None) -> Response:
        query = f"?{urlencode({'mount': self._blob.digest, 'from': source})}" if source else ""
        target = f"{self._repository}/blobs/uploads/{query}"
        return self._session.request("POST", target, body=b"", attempts=1)

    def _in_one(self, location: str) -> None:
        body = Upload(lambda: _Counted(self._content(), self._progress), self._blob.size)
        response = self._sent("PUT", self._with_digest(location), body)
        if not response.ok:
            raise self._fault(response, "PUT")

    def _in_pieces(self, location: str, chunk: int) -> None:
        start, lost = 0, 0
        while start < self._blob.size:
            size = min(chunk, self._blob.size - start)
            try:
                response = self._sent("PATCH", location, self._piece(start, size), start)
                if response.status not in {202, 204}:
                    raise self._fault(response, "PATCH")
                start += size
            except (RegistryError, FetchError) as error:
                lost += 1
                if lost > _ATTEMPTS or not (_may_pass(error) or _is_misplaced(error)):
                    raise
                # Some of it may have come before the line broke: the registry knows how much.
                response = self._session.request("GET", location, attempts=1)
                if response.status not in {202, 204}:
                    raise
                start = _received(response)
            location = self._location(response, location)
        response = self._sent("PUT", self._with_digest(location), b"")
        if not response.ok:
            raise self._fault(response, "PUT")

    def _piece(self, start: int, size: int) -> Upload:
        def opened() -> _Counted:
            stream = _Counted(self._content(), self._progress)
            stream.seek(start)
            return stream

        return Upload(opened, size)

    def _sent(self, method: str, url: str, body: bytes | Upload, start: int = 0) -> Response:
        size = body.size if isinstance(body, Upload) else 0
        headers = {"Content-Type": "application/octet-stream"}
        if method == "PATCH":
            # Both ends are included.
            headers["Content-Range"] = f"{start}-{start + size - 1}"
        return self._session.request(
            method, url, headers=headers, body=body, bounds=Bounds(seconds=seconds_for(size)),
            attempts=1,
        )  # fmt: skip

    def _location(self, response: Response, asked: str) -> str:
        location = response.headers.get("location")
        if not location:
            if "://" in asked:
                return asked
            raise self._fault(response, "POST")
        return self._session.resolved(location, response.url)

    def _with_digest(self, location: str) -> str:
        parts = urlsplit(location)
        digest = f"digest={quote(self._blob.digest, safe='')}"
        query = f"{parts.query}&{digest}" if parts.query else digest
        return parts._replace(query=query).geturl()

    def _fault(self, response: Response, method: str) -> RegistryError:
        doing = f"put `{self._blob.digest}` into `{self._session.registry}/{self._repository}`"
        return fault_of(response, method, response.url, doing)


def _least(response: Response) -> int:
    """Return the least size of a piece that a registry wants, within reason."""
    return min(whole_number(response.headers.get("oci-chunk-min-length", "")) or 0, 1024**3)


def _received(response: Response) -> int:
    """Return how many bytes of an upload have come, by its `Range: 0-LAST`."""
    last = whole_number(response.headers.get("range", "").rpartition("-")[2])
    return last + 1 if last else 0


class _Counted(io.BufferedIOBase):
    """A stream that tells how much was read of it."""

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        super().__init__()
        self._stream = stream
        self._progress = progress

    def read(self, size: int | None = -1) -> bytes:
        piece = self._stream.read(-1 if size is None else size)
        self._progress(len(piece))
        return piece

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def close(self) -> None:
        self._stream.close()
        super().close()
