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
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from wisp.engine import connections
from wisp.engine.connections import Connections, Deadline
from wisp.engine.http_exchange import (
    Bounds,
    Exchange,
    Response,
    Sink,
    TooLargeAnswer,
    Upload,
    exchanged,
)
from wisp.engine.mirrors import mirrored
from wisp.engine.offline import OFFLINE_HINTS
from wisp.engine.waiting import tell
from wisp.errors import FetchError
from wisp.foreign import whole_number
from wisp.specs.settings import Network
from wisp.specs.url_secrets import shown
from wisp.specs.urls import basic, url_origin, without_userinfo

_ATTEMPTS = 3
_BACKOFF_SECONDS = 0.4
_LONGEST_PAUSE = 60.0
_REDIRECTS = 8
_MOVED = frozenset({301, 302, 303, 307, 308})
#: May be asked again without a second effect (RFC 9110, section 9.2.2).
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})


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
        self,
        network: Network,
        environ: Mapping[str, str],
        signer: Signer | None = None,
        *,
        proxied: bool = True,
    ) -> None:
        self._network = network
        self._environ = environ
        self._signer = signer
        self._connections = Connections(network, environ, proxied=proxied)

    def without_proxies(self) -> HttpClient:
        """Return a client for hosts that only this machine reaches: no proxy hears of them."""
        return HttpClient(self._network, self._environ, self._signer, proxied=False)

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
        exchange = Exchange(method, dict(headers or {}), body, into, bounds.size, redirects)
        rounds = attempts or (_ATTEMPTS if method in _REPEATABLE else 1)
        signer = self._signer if sign else None
        return self._repeated(url, exchange, Deadline(bounds.seconds), rounds, signer)

    def _repeated(
        self,
        url: str,
        exchange: Exchange,
        deadline: Deadline,
        rounds: int,
        signer: Signer | None,
    ) -> Response:
        problems: list[str] = []
        for attempt in range(1, rounds + 1):
            pause = _BACKOFF_SECONDS * attempt
            try:
                response = self._follow(*_signed(url, exchange, signer), deadline)
            except TooLargeAnswer as error:
                raise FetchError(f"could not fetch `{shown(url)}`", causes=[str(error)]) from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                problems.append(f"{shown(url)}: {_said(error)}")
                if isinstance(error, TimeoutError) and attempt < rounds:
                    _tell_of_silence(url)
            else:
                pause = max(pause, asked_pause(response))
                if not response.temporary or attempt == rounds or pause > _LONGEST_PAUSE:
                    return response
                problems.append(f"{shown(url)}: status {response.status}")
            if attempt < rounds and not _paused(pause, deadline):
                break
        raise FetchError(f"could not fetch `{shown(url)}`", causes=list(dict.fromkeys(problems)))

    def _follow(self, url: str, exchange: Exchange, deadline: Deadline) -> Response:
        for _ in range(_REDIRECTS):
            response = self._exchanged(url, exchange, deadline)
            moved = response.status in _MOVED and "location" in response.headers
            if not (moved and exchange.follows(response.status)):
                return response
            target = urljoin(url, response.headers["location"])
            exchange = exchange.redirected(response.status, url_origin(url), url_origin(target))
            url = without_userinfo(target)[0]
        raise http.client.HTTPException("too many redirects")

    def _exchanged(self, url: str, exchange: Exchange, deadline: Deadline) -> Response:
        origin = url_origin(url)
        connection = self._connections.take(origin)
        kept = False
        try:
            response, kept = exchanged(connection, url, exchange, deadline)
        except (OSError, http.client.HTTPException):
            self._connections.forget(origin)
            raise
        finally:
            if kept:
                self._connections.give_back(origin, connection)
            else:
                connection.close()
        return response


def _signed(url: str, exchange: Exchange, signer: Signer | None) -> tuple[str, Exchange]:
    bare, info = without_userinfo(url)
    if any(name.lower() == "authorization" for name in exchange.headers):
        return bare, exchange
    authorization = basic(info) if info else None
    if authorization is None and signer is not None:
        bare, authorization = signer.sign(bare)
    if authorization is None:
        return bare, exchange
    return bare, exchange.with_headers({**exchange.headers, "Authorization": authorization})


def _tell_of_silence(url: str) -> None:
    seconds = f"{connections.SILENCE_SECONDS:.0f} seconds"
    tell(f"`{urlsplit(url).hostname}` sent nothing for {seconds}; still waiting")


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def asked_pause(response: Response) -> float:
    """Return how many seconds a server wants to be left alone (`Retry-After`, RFC 9110)."""
    text = response.headers.get("retry-after", "") if response.temporary else ""
    seconds = whole_number(text)
    if seconds is not None:
        return float(seconds)
    try:
        return parsedate_to_datetime(text).timestamp() - time.time() if text else 0.0
    except (ValueError, OverflowError):
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
