"""One exchange over HTTP: what is sent, how the answer is taken in, where a redirect may lead.

Sources: RFC 9110 (redirects, sections 15.4 and 11.6.2).
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from io import BufferedIOBase
from urllib.parse import urlsplit

from wisp.engine.connections import Connection, Deadline
from wisp.layout import VERSION
from wisp.specs.urls import Origin
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

_BLOCK = 256 * 1024
_KEEPS_METHOD = frozenset({307, 308})
#: What may become a GET on its way, as the standard says of POST.
_FOLLOWING = frozenset({"GET", "HEAD", "POST"})
_FOR_ONE_ORIGIN = frozenset({"authorization", "cookie", "proxy-authorization"})
#: Of an answer that is not what was asked for, so much is kept for the message.
_FAULT_BYTES = 1024 * 1024
_AGENT = f"wisp/{VERSION}"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: status code, headers with names in lower case, body, and who gave it.

    Headers that came several times are joined by `, `. `body` is empty where it went elsewhere.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)
    url: str = ""

    @property
    def ok(self) -> bool:
        """Whether the server did what was asked."""
        return 200 <= self.status < 300

    @property
    def temporary(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.status in {408, 429} or self.status >= 500


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that can be sent more than once: how to open it, and its size in bytes."""

    open: Callable[[], BinaryIO | BufferedIOBase]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How large a body may get (bytes), and how long all attempts may take together (seconds)."""

    size: int = 256 * 1024 * 1024
    seconds: float = 300.0


#: Called with the head of a good answer; what it returns is given the body piece by piece.
Sink = Callable[[Response], Callable[[bytes], object]]


class Exchange:
    """What one request sends, and where its answer goes."""

    def __init__(
        self,
        method: str,
        headers: dict[str, str],
        body: bytes | Upload | None,
        into: Sink | None,
        limit: int,
        redirects: bool,
    ) -> None:
        self.method = method
        self.headers = headers
        self.body = body
        self.into = into
        self.limit = limit
        self.redirects = redirects

    def with_headers(self, headers: dict[str, str]) -> Exchange:
        """Return the same with other headers."""
        return self._like(self.method, headers, self.body)

    def follows(self, status: int) -> bool:
        """Tell whether a redirect leads to the answer, rather than being it.

        What is put somewhere is not there because a page, such as that of a portal, can be read.
        """
        return self.redirects and (status in _KEEPS_METHOD or self.method in _FOLLOWING)

    def redirected(self, status: int, old: Origin, new: Origin) -> Exchange:
        """Return what is sent to where a redirect points. Raises `HTTPException` if that is unfit.

        From another origin on, nothing that authorises goes along; never from TLS into the clear,
        nor from elsewhere to a service of this machine, such as a cloud's store of credentials.
        """
        if old.scheme == "https" and new.scheme != "https":
            raise http.client.HTTPException(f"the redirect to `{new}` leaves TLS")
        if new.is_of_this_machine and not old.is_of_this_machine:
            raise http.client.HTTPException(f"the redirect to `{new}` leads into this machine")
        headers, method, body = self.headers, self.method, self.body
        if new != old:
            headers = {k: v for k, v in headers.items() if k.lower() not in _FOR_ONE_ORIGIN}
        if status not in _KEEPS_METHOD and method not in {"GET", "HEAD"}:
            method, body = "GET", None
            headers = {k: v for k, v in headers.items() if not k.lower().startswith("content-")}
        return self._like(method, headers, body)

    def _like(self, method: str, headers: dict[str, str], body: bytes | Upload | None) -> Exchange:
        return Exchange(method, headers, body, self.into, self.limit, self.redirects)


class TooLargeAnswer(Exception):  # noqa: N818 - becomes a `FetchError` where the URL is known
    """An answer exceeds its bound."""


def exchanged(
    connection: Connection, url: str, exchange: Exchange, deadline: Deadline
) -> tuple[Response, bool]:
    """Send and receive. Also returns whether the connection can be used again."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": _AGENT, **exchange.headers}
    body: Any = exchange.body
    if isinstance(body, Upload):
        headers["Content-Length"] = str(body.size)
        with body.open() as stream:
            sized = _Sized(stream, body.size, deadline)
            answer = connection.send(exchange.method, target, headers, sized, deadline)
        hung_up = not sized.is_done
    else:
        answer = connection.send(exchange.method, target, headers, body, deadline)
        hung_up = False
    response = _received(answer, url, exchange, deadline)
    return response, not answer.will_close and answer.isclosed() and not hung_up


def _received(
    answer: http.client.HTTPResponse, url: str, exchange: Exchange, deadline: Deadline
) -> Response:
    headers: dict[str, str] = {}
    for name, value in answer.getheaders():
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    head = Response(answer.status, headers, b"", url)
    if exchange.into is not None and head.ok and exchange.method != "HEAD":
        _read(answer, exchange.into(head), exchange.limit, deadline)
        return head
    pieces: list[bytes] = []
    limit = exchange.limit if head.ok else min(exchange.limit, _FAULT_BYTES)
    _read(answer, pieces.append, limit, deadline)
    return Response(answer.status, headers, b"".join(pieces), url)


def _read(
    answer: http.client.HTTPResponse,
    write: Callable[[bytes], object],
    limit: int,
    deadline: Deadline,
) -> None:
    """Read a body to its end. Raises `TooLargeAnswer`, and `IncompleteRead` if it was cut."""
    announced = answer.length
    if announced is not None and announced > limit:
        raise TooLargeAnswer(
            f"the answer has {announced} bytes, more than the {limit} that are allowed"
        )
    total = 0
    while piece := answer.read1(_BLOCK) if announced is None else answer.read(_BLOCK):
        deadline.left()
        total += len(piece)
        if total > limit:
            raise TooLargeAnswer(f"the answer is longer than the {limit} bytes that are allowed")
        write(piece)
    if announced is not None and total != announced:
        # The standard library tells of a cut body only if it is read in one go.
        raise http.client.HTTPException(f"the answer was cut after {total} of {announced} bytes")


class _Sized:
    """A body being sent: exactly as long as announced, and not beyond the deadline."""

    def __init__(self, stream: BinaryIO | BufferedIOBase, size: int, deadline: Deadline) -> None:
        self._stream = stream
        self._left = size
        self._deadline = deadline

    @property
    def is_done(self) -> bool:
        """Whether all was sent."""
        return self._left == 0

    def read(self, size: int) -> bytes:
        """Read a piece. Raises `OSError` when the file has become shorter, or time is up."""
        self._deadline.left()
        piece = self._stream.read(min(size, self._left))
        if not piece and self._left:
            raise OSError("the file became shorter while it was sent")
        self._left -= len(piece)
        return piece
