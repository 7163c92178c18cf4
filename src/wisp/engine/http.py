"""The one HTTP client: requests with bodies as streams, retries, mirrors, and an offline mode.

Packages and repodata are fetched by rattler and uv themselves; what remains are small files
(names, metadata of wheels) and registries. It speaks through the standard library, whose import
costs a third of that of any client of the package index.

What holds for every request: credentials go to the origin they are for and nowhere else, neither
by a redirect nor to a mirror; no message shows them; no answer is longer than its bound, no
request takes longer than its deadline, however slowly a server drips.

Sources: RFC 9110 (redirects, `Retry-After`), RFC 7617 (Basic), RFC 6750 (Bearer).
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from io import BufferedIOBase
from typing import Any, BinaryIO, Protocol
from urllib.parse import urljoin, urlsplit

from wisp.engine.connections import Connection, Connections, Deadline
from wisp.engine.mirrors import mirrored
from wisp.engine.offline import OFFLINE_HINTS
from wisp.errors import FetchError
from wisp.layout import VERSION
from wisp.specs.settings import Network
from wisp.specs.urls import Origin, basic, shown, url_origin, without_userinfo
from wisp.values import dataclass, field

_ATTEMPTS = 3
_BACKOFF_SECONDS = 0.4
_LONGEST_PAUSE = 60.0
_REDIRECTS = 8
_BLOCK = 256 * 1024
_MOVED = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})
#: May be asked again without a second effect (RFC 9110, section 9.2.2).
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
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


class Signer(Protocol):
    """Knows stored credentials."""

    def sign(self, url: str) -> tuple[str, str | None]:
        """Return the URL to ask, perhaps with a token in its path, and `Authorization`."""


class HttpClient:
    """Sends requests as a user's network settings say. May be used from several threads.

    `environ` names proxies and certificates as everywhere (`https_proxy`, `SSL_CERT_FILE` …).
    `signer` adds stored credentials to what neither a URL nor a header has signed.
    """

    def __init__(
        self, network: Network, environ: Mapping[str, str], signer: Signer | None = None
    ) -> None:
        self._network = network
        self._signer = signer
        self._connections = Connections(network, environ)

    @property
    def offline(self) -> bool:
        """Whether every request fails at once."""
        return self._network.offline

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, bounds: Bounds | None = None
    ) -> Response:
        """Fetch a URL, from its mirrors in turn where it has any; redirects are followed.

        Any status below 500 is an answer. Raises `FetchError` offline, and when neither the URL
        nor a mirror answers after a few attempts.
        """
        problems: list[str] = []
        for candidate in mirrored(url, self._network.mirrors):
            try:
                response = self.request("GET", candidate, headers=headers, bounds=bounds)
            except FetchError as error:
                if self.offline:
                    raise
                problems += map(str, error.causes)
                continue
            if not response.temporary:
                return response
            problems.append(f"{shown(candidate)}: status {response.status}")
        raise FetchError(f"could not fetch `{shown(url)}`", causes=list(dict.fromkeys(problems)))

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Upload | None = None,
        into: Sink | None = None,
        bounds: Bounds | None = None,
        attempts: int | None = None,
        sign: bool = True,
        redirects: bool = True,
    ) -> Response:
        """Send a request, again after faults that pass; redirects are followed, mirrors not asked.

        A good answer goes `into` what is given, from the start at each attempt. Without
        `attempts`, what has a second effect (POST, PATCH) is sent once. `sign` adds stored
        credentials where there are some for the URL. Without `redirects` a redirect is an answer,
        as is whatever status comes last.

        Raises:
            FetchError: Offline, nobody answers, or an answer exceeds its bounds.

        """
        if self._network.offline:
            raise FetchError(
                f"could not fetch `{shown(url)}`",
                causes=["offline mode is on"],
                hints=OFFLINE_HINTS,
            )
        bounds = bounds or Bounds()
        exchange = _Exchange(method, dict(headers or {}), body, into, bounds.size, redirects)
        rounds = attempts or (_ATTEMPTS if method in _REPEATABLE else 1)
        signer = self._signer if sign else None
        return self._repeated(url, exchange, Deadline(bounds.seconds), rounds, signer)

    def _repeated(
        self,
        url: str,
        exchange: _Exchange,
        deadline: Deadline,
        rounds: int,
        signer: Signer | None,
    ) -> Response:
        problems: list[str] = []
        for attempt in range(1, rounds + 1):
            pause = _BACKOFF_SECONDS * attempt
            try:
                response = self._follow(*_signed(url, exchange, signer), deadline)
            except _TooLarge as error:
                raise FetchError(f"could not fetch `{shown(url)}`", causes=[str(error)]) from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                problems.append(f"{shown(url)}: {_said(error)}")
            else:
                pause = max(pause, asked_pause(response))
                if not response.temporary or attempt == rounds or pause > _LONGEST_PAUSE:
                    return response
                problems.append(f"{shown(url)}: status {response.status}")
            if attempt < rounds and not _paused(pause, deadline):
                break
        raise FetchError(f"could not fetch `{shown(url)}`", causes=list(dict.fromkeys(problems)))

    def _follow(self, url: str, exchange: _Exchange, deadline: Deadline) -> Response:
        for _ in range(_REDIRECTS):
            response = self._exchanged(url, exchange, deadline)
            moved = response.status in _MOVED and "location" in response.headers
            if not (moved and exchange.redirects):
                return response
            target = urljoin(url, response.headers["location"])
            exchange = exchange.redirected(response.status, url_origin(url), url_origin(target))
            url = without_userinfo(target)[0]
        raise http.client.HTTPException("too many redirects")

    def _exchanged(self, url: str, exchange: _Exchange, deadline: Deadline) -> Response:
        origin = url_origin(url)
        connection = self._connections.take(origin)
        kept = False
        try:
            response, kept = _sent(connection, url, exchange, deadline)
        except (OSError, http.client.HTTPException):
            self._connections.forget(origin)
            raise
        finally:
            if kept:
                self._connections.give_back(origin, connection)
            else:
                connection.close()
        return response


def _signed(url: str, exchange: _Exchange, signer: Signer | None) -> tuple[str, _Exchange]:
    bare, info = without_userinfo(url)
    if any(name.lower() == "authorization" for name in exchange.headers):
        return bare, exchange
    authorization = basic(info) if info else None
    if authorization is None and signer is not None:
        bare, authorization = signer.sign(bare)
    if authorization is None:
        return bare, exchange
    return bare, exchange.with_headers({**exchange.headers, "Authorization": authorization})


class _Exchange:
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

    def with_headers(self, headers: dict[str, str]) -> _Exchange:
        return self._like(self.method, headers, self.body)

    def redirected(self, status: int, old: Origin, new: Origin) -> _Exchange:
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

    def _like(self, method: str, headers: dict[str, str], body: bytes | Upload | None) -> _Exchange:
        return _Exchange(method, headers, body, self.into, self.limit, self.redirects)


class _TooLarge(Exception):  # noqa: N818 - becomes a `FetchError` where the URL is known
    pass


def _sent(
    connection: Connection, url: str, exchange: _Exchange, deadline: Deadline
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
    answer: http.client.HTTPResponse, url: str, exchange: _Exchange, deadline: Deadline
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
    """Read a body to its end. Raises `_TooLarge`, and `IncompleteRead` if it was cut."""
    promised = answer.length
    if promised is not None and promised > limit:
        raise _TooLarge(f"the answer has {promised} bytes, more than the {limit} that are allowed")
    total = 0
    while piece := answer.read1(_BLOCK) if promised is None else answer.read(_BLOCK):
        deadline.left()
        total += len(piece)
        if total > limit:
            raise _TooLarge(f"the answer is longer than the {limit} bytes that are allowed")
        write(piece)
    if promised is not None and total != promised:
        # The standard library tells of a cut body only if it is read in one go.
        raise http.client.HTTPException(f"the answer was cut after {total} of {promised} bytes")


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


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def asked_pause(response: Response) -> float:
    """Return how many seconds a server wants to be left alone (`Retry-After`, RFC 9110)."""
    text = response.headers.get("retry-after", "") if response.temporary else ""
    if text.isdigit():
        return float(text)
    try:
        return parsedate_to_datetime(text).timestamp() - time.time() if text else 0.0
    except ValueError:
        return 0.0


def _paused(seconds: float, deadline: Deadline) -> bool:
    """Wait, unless time is up before that."""
    try:
        if seconds >= deadline.left():
            return False
    except TimeoutError:
        return False
    time.sleep(seconds)
    return True
