"""Connections that are kept open, used again, led through proxies, and never read for ever.

Names come in hundreds, so connections are kept. Every read from a socket looks at the deadline of
the request: a server that drips a byte now and then ends like one that is silent.
"""

from __future__ import annotations

import http.client
import io
import select
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from functools import cached_property
from urllib.parse import urlsplit

from wisp.engine.proxies import Proxies, choose_proxies
from wisp.engine.tls import tls_context
from wisp.specs.settings import Network
from wisp.specs.url_secrets import shown
from wisp.specs.urls import Origin, basic, without_userinfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: How long one step (connecting, one read, one write) may be silent.
SILENCE_SECONDS = 30.0
_IDLE_PER_ORIGIN = 16
_BLOCK = 256 * 1024


class Deadline:
    """When all has to be over, asked before each step."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left. Raises `TimeoutError` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long in all")
        return left

    def step(self) -> float:
        """Return how long the next step may take. Raises `TimeoutError`."""
        return min(SILENCE_SECONDS, self.left())


class Connection:
    """One connection to an origin, perhaps through a proxy."""

    def __init__(self, raw: http.client.HTTPConnection, *, prefix: str, proxy_auth: str) -> None:
        self._raw = raw
        #: What comes before the path: a proxy wants whole URLs, unless it is only a tunnel.
        self._prefix = prefix
        self._proxy_auth = proxy_auth

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: Any, deadline: Deadline
    ) -> http.client.HTTPResponse:
        """Send a request and return the answer once its head is there.

        Raises `OSError` and `http.client.HTTPException`.
        """
        sent = dict(headers)
        if self._prefix and self._proxy_auth:
            sent["Proxy-Authorization"] = self._proxy_auth
        self._raw.response_class = _clocked(deadline)  # type: ignore[assignment]
        self._raw.timeout = deadline.step()
        if self._raw.sock is not None:
            self._raw.sock.settimeout(deadline.step())
        try:
            self._raw.request(method, self._prefix + target, body=body, headers=sent)
        except (BrokenPipeError, ConnectionResetError):
            # Who refuses a body hangs up on it, and has told why before.
            if body is None or self._raw.sock is None:
                raise
        return self._raw.getresponse()

    def is_usable(self) -> bool:
        """Tell whether an idle connection is still open, and nothing unasked has come."""
        sock = self._raw.sock
        return sock is not None and not _is_readable(sock)

    def close(self) -> None:
        """Hang up."""
        self._raw.close()


class Connections:
    """The idle connections of one client. May be used from several threads.

    Without `proxied` no host is asked through a proxy, whatever the user has configured.
    """

    def __init__(
        self, network: Network, environ: Mapping[str, str], *, proxied: bool = True
    ) -> None:
        self._network = network
        self._environ = environ
        self._proxies = choose_proxies(network, environ) if proxied else Proxies()
        self._idle: dict[Origin, list[Connection]] = {}
        self._guard = threading.Lock()
        weakref.finalize(self, _close_all, self._idle)

    def take(self, origin: Origin) -> Connection:
        """Return a connection to an origin: one that was kept, or a new one, not yet open."""
        with self._guard:
            kept = self._idle.get(origin, [])
            while kept:
                connection = kept.pop()
                if connection.is_usable():
                    return connection
                connection.close()
        return self._new(origin)

    def give_back(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection whose answer has been read to its end."""
        with self._guard:
            kept = self._idle.setdefault(origin, [])
            if len(kept) < _IDLE_PER_ORIGIN:
                kept.append(connection)
                return
        connection.close()

    def forget(self, origin: Origin) -> None:
        """Close what is kept for an origin: where one was hung up on, most likely all were."""
        with self._guard:
            for connection in self._idle.pop(origin, []):
                connection.close()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return tls_context(self._network, self._environ)

    def _new(self, origin: Origin) -> Connection:
        proxy = self._proxies.of(origin)
        address, info = without_userinfo(proxy) if proxy else (None, None)
        auth = basic(info) if info else ""
        if address is None:
            return Connection(self._to(origin.scheme, origin.host, origin.port), prefix="",
                              proxy_auth="")  # fmt: skip
        at = urlsplit(address)
        if at.scheme not in {"http", "https"} or (at.scheme, origin.scheme) == ("https", "https"):
            raise http.client.HTTPException(f"the proxy `{shown(address)}` is of an unknown kind")
        host, port = at.hostname or "", at.port or (443 if at.scheme == "https" else 80)
        if origin.scheme == "http":
            return Connection(self._to(at.scheme, host, port), prefix=str(origin), proxy_auth=auth)
        raw = self._to("https", host, port)
        raw.set_tunnel(origin.host, origin.port, {"Proxy-Authorization": auth} if auth else None)
        return Connection(raw, prefix="", proxy_auth=auth)

    def _to(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(host, port, blocksize=_BLOCK)
        return http.client.HTTPSConnection(host, port, context=self._tls, blocksize=_BLOCK)


def _clocked(deadline: Deadline) -> Callable[..., http.client.HTTPResponse]:
    def make(sock: socket.socket, *args: Any, **named: Any) -> http.client.HTTPResponse:
        return http.client.HTTPResponse(_Clocked(sock, deadline), *args, **named)  # type: ignore[arg-type]

    return make


class _Clocked:
    """A socket as `http.client` reads from it, with the deadline of one request."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_ClockedReader(self._sock, self._deadline))


class _ClockedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline
        # As long as this file is open the socket is, though its connection may let go of it.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.step())
        try:
            return self._file.readinto(buffer)
        except TimeoutError:
            self._deadline.left()
            raise

    def close(self) -> None:
        self._file.close()
        super().close()


def _is_readable(sock: socket.socket) -> bool:
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock], [], [], 0)[0])


def _close_all(idle: dict[Origin, list[Connection]]) -> None:
    for connections in idle.values():
        for connection in connections:
            connection.close()
