"""The one HTTP client: plain GET requests with retries, mirrors, proxies, and an offline mode.

Packages and repodata are fetched by rattler and uv themselves; what remains are small files
(names, metadata of wheels). Connections are kept open and used again, since names come in
hundreds.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
import weakref
from collections.abc import Mapping
from urllib.parse import SplitResult, urljoin, urlsplit

from wisp.errors import FetchError
from wisp.layout import VERSION
from wisp.specs.settings import Network
from wisp.values import dataclass

_ATTEMPTS = 3
_TIMEOUT_SECONDS = 30.0
_BACKOFF_SECONDS = 0.4
_REDIRECTS = 8
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: status code, headers with names in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpClient:
    """Fetches small files as a user's network settings say. May be used from several threads.

    `environ` names proxies as everywhere (`https_proxy`, `no_proxy` …); they win over configured
    ones.
    """

    def __init__(self, network: Network, environ: Mapping[str, str]) -> None:
        self._network = network
        self._proxies = _proxies(network, environ)
        self._idle: dict[str, list[http.client.HTTPConnection]] = {}
        self._lock = threading.Lock()
        weakref.finalize(self, _close_all, self._idle)
        self._tls = ssl.create_default_context()
        if network.tls_no_verify:
            self._tls.check_hostname = False
            self._tls.verify_mode = ssl.CERT_NONE

    @property
    def offline(self) -> bool:
        """Whether every request fails at once."""
        return self._network.offline

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch a URL, from its mirrors in turn where it has any; redirects are followed.

        Any status below 500 is an answer. Raises `FetchError` offline, and when neither the URL
        nor a mirror answers after a few attempts.
        """
        if self._network.offline:
            raise FetchError(
                f"could not fetch `{url}`", causes=["offline mode is on"], hints=_OFFLINE_HINTS
            )
        problems = []
        for candidate in mirrored(url, self._network.mirrors):
            for attempt in range(_ATTEMPTS):
                try:
                    response = self._follow(candidate, dict(headers or {}))
                except (OSError, http.client.HTTPException) as error:
                    problems.append(f"{candidate}: {error or type(error).__name__}")
                else:
                    if response.status < 500 and response.status != 429:
                        return response
                    problems.append(f"{candidate}: status {response.status}")
                time.sleep(_BACKOFF_SECONDS * attempt)
        raise FetchError(f"could not fetch `{url}`", causes=list(dict.fromkeys(problems)))

    def _follow(self, url: str, headers: dict[str, str]) -> Response:
        for _ in range(_REDIRECTS):
            response = self._request(url, headers)
            if response.status not in _MOVED or "location" not in response.headers:
                return response
            url = urljoin(url, response.headers["location"])
        raise http.client.HTTPException("too many redirects")

    def _request(self, url: str, headers: dict[str, str]) -> Response:
        parts = urlsplit(url)
        proxy = self._proxy_of(parts)
        connection = self._taken(parts) or self._opened(parts, proxy)
        kept = False
        try:
            # A proxy wants whole URLs, unless it is only a tunnel.
            target = url if proxy and parts.scheme == "http" else _target(parts)
            connection.request("GET", target, headers={"User-Agent": _AGENT, **headers})
            answer = connection.getresponse()
            body = answer.read()
            kept = not answer.will_close
        except (OSError, http.client.HTTPException):
            # The server has most likely hung up on all idle connections: begin afresh.
            while other := self._taken(parts):
                other.close()
            raise
        finally:
            self._give_back(parts, connection) if kept else connection.close()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, names, body)

    def _taken(self, parts: SplitResult) -> http.client.HTTPConnection | None:
        with self._lock:
            idle = self._idle.get(f"{parts.scheme}://{parts.netloc}")
            return idle.pop() if idle else None

    def _give_back(self, parts: SplitResult, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._idle.setdefault(f"{parts.scheme}://{parts.netloc}", []).append(connection)

    def _proxy_of(self, parts: SplitResult) -> SplitResult | None:
        proxy = self._proxies.get(parts.scheme)
        if not proxy or self._bypasses(parts.hostname or ""):
            return None
        return urlsplit(proxy if "://" in proxy else f"http://{proxy}")

    def _opened(self, parts: SplitResult, proxy: SplitResult | None) -> http.client.HTTPConnection:
        secure = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
        address = (proxy.hostname or "", proxy.port or 80) if proxy else (host, port)
        if not secure:
            return http.client.HTTPConnection(*address, timeout=_TIMEOUT_SECONDS)
        connection = http.client.HTTPSConnection(
            *address, timeout=_TIMEOUT_SECONDS, context=self._tls
        )
        if proxy:
            connection.set_tunnel(host, port)
        return connection

    def _bypasses(self, host: str) -> bool:
        exempt = [entry.strip().lstrip(".") for entry in self._proxies["no"].split(",")]
        return any(
            entry == "*" or (entry and (host == entry or host.endswith(f".{entry}")))
            for entry in exempt
        )


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _close_all(idle: dict[str, list[http.client.HTTPConnection]]) -> None:
    for connections in idle.values():
        for connection in connections:
            connection.close()


_AGENT = f"wisp/{VERSION}"
_OFFLINE_HINTS = ("turn offline mode off, or run the command once while online",)


def mirrored(url: str, mirrors: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return where a URL is to be fetched: the mirrors of its longest configured prefix, or it."""
    prefixes = [prefix for prefix in mirrors if url.startswith(prefix)]
    if not prefixes:
        return (url,)
    longest = max(prefixes, key=len)
    rest = url.removeprefix(longest)
    return tuple(
        f"{mirror.rstrip('/')}/{rest.lstrip('/')}" if rest else mirror
        for mirror in mirrors[longest]
    )


def _proxies(network: Network, environ: Mapping[str, str]) -> dict[str, str]:
    """Choose the proxy per scheme; `no` lists exempt hosts."""
    seen = {name.lower(): value for name, value in environ.items() if value}
    everything = seen.get("all_proxy", "")
    # Only the lower-case name: `HTTP_PROXY` can be forged through a request header in CGI.
    found = {
        "http": environ.get("http_proxy") or everything,
        "https": seen.get("https_proxy") or everything,
        "no": seen.get("no_proxy", ""),
    }
    if not found["http"] and not found["https"]:
        found["http"] = network.http_proxy or ""
        found["https"] = network.https_proxy or ""
        found["no"] = ",".join(network.non_proxy_hosts)
    return {name: value for name, value in found.items() if value or name == "no"}
