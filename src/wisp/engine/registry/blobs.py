"""Reading blobs of a registry: looking for them, and fetching them, verified while they come.

Source: OCI distribution specification 1.1, "Pulling blobs", "Resumable Pulls".
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from wisp.engine.files import refusal
from wisp.engine.http_exchange import Bounds, Response
from wisp.engine.registry.faults import RegistryError, fault_of
from wisp.engine.registry.session import RegistrySession
from wisp.errors import FetchError
from wisp.specs.oci import Descriptor, Digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

#: How often a download goes on after it was cut.
_RESUMES = 5
_SLOWEST_BYTES_PER_SECOND = 20_000

#: Called with each number of bytes that has come or gone.
Progress = Callable[[int], object]


def seconds_for(size: int) -> float:
    """Return how long so many bytes may take: a slow line, not a stalled one."""
    return 120 + size / _SLOWEST_BYTES_PER_SECOND


def has_blob(session: RegistrySession, repository: str, digest: Digest) -> bool:
    """Tell whether a blob is there: only 200 says so.

    A proxy that knows no HEAD says nothing (405); the upload that follows tells the true fault.
    Raises `RegistryError` where we may not ask.
    """
    path = f"{repository}/blobs/{digest}"
    response = session.request("HEAD", path)
    if response.status in {401, 403}:
        doing = f"look into `{session.registry}/{repository}`"
        raise fault_of(response, "HEAD", session.resolved(path), doing)
    return response.status == 200


def fetch_blob(
    session: RegistrySession,
    repository: str,
    blob: Descriptor,
    path: Path,
    progress: Progress = lambda _count: None,
) -> None:
    """Fetch a blob into a new file; one that is cut goes on where it stopped.

    The file is complete and has the digest when this returns, else it is removed.

    Raises:
        RegistryError: It is not there, or does not have the digest.
        FetchError: Nobody answers, or it comes too slowly.
        HostError: The file cannot be written.

    """
    try:
        with path.open("xb") as file:
            _fill(session, repository, blob, file, progress)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise refusal("write", path, error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _fill(
    session: RegistrySession,
    repository: str,
    blob: Descriptor,
    file: BinaryIO,
    progress: Progress,
) -> None:
    doing = f"fetch `{blob.digest}` of `{session.registry}/{repository}`"
    body = _Body(blob, file, progress)
    url = f"{repository}/blobs/{blob.digest}"
    bounds = Bounds(size=blob.size, seconds=seconds_for(blob.size))
    for last in (*(False,) * _RESUMES, True):
        headers = {"Range": f"bytes={body.size}-"} if body.size else {}
        before = body.size
        try:
            response = session.request(
                "GET", url, headers=headers, into=body.begin, bounds=bounds, attempts=1
            )
        except FetchError:
            if last or body.size == before:
                raise
            continue
        if not response.ok and body.size != blob.size:
            if response.temporary and not last:
                continue
            raise fault_of(response, "GET", session.resolved(url), doing)
        if body.size == blob.size:
            break
    if body.digest != blob.digest:
        raise RegistryError(
            f"could not {doing}",
            causes=[f"the registry gave {body.size} bytes whose digest is {body.digest}"],
        )


class _Body:
    """The bytes of a blob that have come so far."""

    def __init__(self, blob: Descriptor, file: BinaryIO, progress: Progress) -> None:
        self.size = 0
        self._blob = blob
        self._file = file
        self._progress = progress
        self._hash = hashlib.new(blob.digest.algorithm)

    @property
    def digest(self) -> str:
        return f"{self._blob.digest.algorithm}:{self._hash.hexdigest()}"

    def begin(self, head: Response) -> Callable[[bytes], object]:
        """Go on where the last answer stopped, or from the start if all comes again."""
        if self.size and not self._goes_on(head):
            self.size = 0
            self._hash = hashlib.new(self._blob.digest.algorithm)
            self._file.seek(0)
            self._file.truncate()
        return self._write

    def _goes_on(self, head: Response) -> bool:
        start = f"bytes {self.size}-"
        return head.status == 206 and head.headers.get("content-range", "").startswith(start)

    def _write(self, piece: bytes) -> None:
        self.size += len(piece)
        self._hash.update(piece)
        self._file.write(piece)
        self._progress(len(piece))
