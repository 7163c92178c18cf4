"""A proxy before a registry that spoils what passes, as its script says, and counts it."""

from __future__ import annotations

import base64
import http.client
import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Self

from tests.loopback import AnyMethod, LoopbackServer, serving

_BLOCK = 1 << 14
#: What concerns one connection only.
_OWN = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request: it is answered by `status` alone; or the line breaks after a
    share of its body, or of the answer's, has passed (`sent`, `answered`, 0 to 1).
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    sent: float | None = None
    answered: float | None = None


#: From method and path to what shall go wrong.
Script = Callable[[str, str], Fault | None]


def never(_method: str, _path: str) -> None:
    """Let everything pass."""


def at_random(seed: int, share: float) -> Script:
    """Spoil a share of all requests, each in one of many ways."""
    dice = random.Random(seed)
    guard = threading.Lock()

    def script(_method: str, _path: str) -> Fault | None:
        with guard:
            if dice.random() > share:
                return None
            part = dice.random()
            return dice.choice(
                [Fault(sent=part), Fault(answered=part), Fault(sent=0), Fault(500), Fault(503)]
            )

    return script


@dataclass(slots=True)
class FaultyProxy:
    """The proxy while its `with` block runs.

    `pause` waits so many seconds with each block that passes. `watch` is called with the number of
    bytes of bodies that have passed so far. With `login` (user and password) only that one passes.
    """

    upstream: str
    script: Script = never
    pause: float = 0.0
    watch: Callable[[int], object] = lambda _count: None
    login: tuple[str, str] | None = None
    passed: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _port: int = 0
    _serving: ExitStack = field(default_factory=ExitStack)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._port = self._serving.enter_context(serving(self, _Handler))
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.close()

    def may_pass(self, authorization: str | None) -> bool:
        if self.login is None:
            return True
        text = base64.b64encode(":".join(self.login).encode()).decode()
        return authorization == f"Basic {text}"

    def count(self, size: int) -> None:
        with self._guard:
            self.passed += size
            now = self.passed
        self.watch(now)
        if self.pause:
            time.sleep(self.pause)


class _Broken(Exception):  # noqa: N818 - the line, not the program
    pass


class _Handler(AnyMethod):
    server: LoopbackServer[FaultyProxy]

    def answer_any(self) -> None:
        proxy = self.server.owner
        proxy.asked.append((self.command, self.path))
        length = int(self.headers.get("Content-Length") or 0)
        try:
            if not proxy.may_pass(self.headers.get("Authorization")):
                self._answer(401, {"WWW-Authenticate": 'Basic realm="here"'}, length)
                return
            fault = proxy.script(self.command, self.path)
            if fault is not None and fault.status:
                self._answer(fault.status, fault.headers, length)
                return
            self._forward(proxy, length, fault or Fault())
        except (OSError, http.client.HTTPException, _Broken):
            self.close_connection = True
            self.connection.close()

    def _answer(self, status: int, headers: dict[str, str], length: int) -> None:
        while length > 0 and (piece := self.rfile.read(min(length, _BLOCK))):
            length -= len(piece)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _forward(self, proxy: FaultyProxy, length: int, fault: Fault) -> None:
        upstream = http.client.HTTPConnection(proxy.upstream, timeout=60)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _OWN - {"content-length"}:
                    upstream.putheader(name, value)
            upstream.endheaders()
            left = length if fault.sent is None else int(length * fault.sent)
            while left > 0 and (piece := self.rfile.read(min(left, _BLOCK))):
                upstream.send(piece)
                left -= len(piece)
                proxy.count(len(piece))
            if fault.sent is not None:
                raise _Broken
            self._give_back(proxy, upstream.getresponse(), fault)
        finally:
            upstream.close()

    def _give_back(
        self, proxy: FaultyProxy, answer: http.client.HTTPResponse, fault: Fault
    ) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OWN:
                self.send_header(name, value)
        body = b"" if self.command == "HEAD" else answer.read()
        length = answer.headers.get("Content-Length", "0") if not body else str(len(body))
        if answer.status != 204:
            self.send_header("Content-Length", length)
        if fault.answered is not None:
            # Half a head, or a head with half a body.
            self.end_headers()
            self.wfile.write(body[: int(len(body) * fault.answered)])
            raise _Broken
        self.end_headers()
        for at in range(0, len(body), _BLOCK):
            piece = body[at : at + _BLOCK]
            self.wfile.write(piece)
            proxy.count(len(piece))
