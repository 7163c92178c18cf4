"""A server on loopback whose answers a test gives as a function, and which remembers questions."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.loopback import AnyMethod, LoopbackServer, serving


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: headers with names in lower case, the body whole."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. `cut` sends only so many bytes of the body and hangs up, `drip` waits so
    many seconds after each byte, `length` is announced instead of the true one (None: chunked).
    What is `endless` has spaces after its body for as long as somebody listens.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    drip: float = 0.0
    length: int | None = -1
    endless: bool = False


@dataclass(slots=True)
class Web:
    """A server while its `with` block runs; `host` is how it calls itself in `url`."""

    answer: Callable[[Asked], Answer]
    host: str = "127.0.0.1"
    asked: list[Asked] = field(default_factory=list)
    closed: bool = False
    _port: int = 0
    _serving: ExitStack = field(default_factory=ExitStack)

    @property
    def address(self) -> str:
        return f"{self.host}:{self._port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def __enter__(self) -> Self:
        self._port = self._serving.enter_context(serving(self, _Handler))
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True
        self._serving.close()


class Served:
    """A host whose answers a method gives (`respond`), and that is there while a block runs."""

    def __enter__(self) -> Self:
        self.web = Web(self.respond).__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.web.__exit__()

    @property
    def url(self) -> str:
        return self.web.url

    def respond(self, asked: Asked) -> Answer:
        raise NotImplementedError


class _Handler(AnyMethod):
    server: LoopbackServer[Web]

    def answer_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.rfile.read(length))
        self.server.owner.asked.append(asked)
        try:
            self._send(self.server.owner.answer(asked))
        except OSError:
            self.close_connection = True

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        length = len(answer.body) if answer.length == -1 else answer.length
        length = None if answer.endless else length
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.status not in {204, 304}:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command == "HEAD":
            return
        if answer.endless:
            piece = answer.body
            while not self.server.owner.closed:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                piece = b" " * 1_000_000
        body = answer.body if answer.cut is None else answer.body[: answer.cut]
        if length is None:
            body = b"%x\r\n%b\r\n" % (len(body), body) + (b"" if answer.cut else b"0\r\n\r\n")
        if answer.drip:
            for byte in body:
                if self.server.owner.closed:
                    break
                self.wfile.write(bytes((byte,)))
                self.wfile.flush()
                time.sleep(answer.drip)
        else:
            self.wfile.write(body)
        if answer.cut is not None:
            self.close_connection = True
