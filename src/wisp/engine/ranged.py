"""A remote file that is read in parts, so that a zip's directory costs no whole download."""

from __future__ import annotations

import io
import os

from wisp.engine.http import HttpClient
from wisp.errors import FetchError
from wisp.foreign import whole_number
from wisp.specs.url_secrets import shown

#: Enough for the directory of nearly every wheel, and small beside a request's latency.
_CHUNK = 64 * 1024


class RangedFile(io.RawIOBase):
    """A read-only stream over HTTP range requests; each part is fetched once.

    Source: RFC 9110, section 14.
    """

    def __init__(self, http: HttpClient, url: str, size: int) -> None:
        super().__init__()
        self._http = http
        self._url = url
        self._size = size
        self._at = 0
        self._chunks: dict[int, bytes] = {}

    @classmethod
    def open(cls, http: HttpClient, url: str) -> RangedFile | None:
        """Begin reading, or return None when the server serves whole files only."""
        response = http.get(url, {"Range": "bytes=0-0"})
        if response.status != 206:
            return None
        size = whole_number(response.headers.get("content-range", "").rpartition("/")[2])
        return None if size is None else cls(http, url, size)

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def seekable(self) -> bool:
        """Whether the position can be moved: always."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position and return it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes, all that is left if negative."""
        end = self._size if size < 0 else min(self._size, self._at + size)
        parts = []
        while self._at < end:
            chunk = self._chunk(self._at // _CHUNK)
            start = self._at % _CHUNK
            part = chunk[start : start + end - self._at]
            parts.append(part)
            self._at += len(part)
        return b"".join(parts)

    def _chunk(self, number: int) -> bytes:
        if number not in self._chunks:
            start = number * _CHUNK
            last = min(self._size, start + _CHUNK) - 1
            response = self._http.get(self._url, {"Range": f"bytes={start}-{last}"})
            if response.status != 206 or len(response.body) != last - start + 1:
                raise FetchError(f"could not fetch a part of `{shown(self._url)}`")
            self._chunks[number] = response.body
        return self._chunks[number]
