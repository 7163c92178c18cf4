"""A server on loopback whose answers a test gives as a function, and which remembers questions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit


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
    _server: _Server | None = None

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"{self.host}:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.web = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self.closed = True
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    web: Web


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in two writes; together with delayed acknowledgements that costs 40 ms.
    disable_nagle_algorithm = True
    server: _Server

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.rfile.read(length))
        self.server.web.asked.append(asked)
        try:
            self._send(self.server.web.answer(asked))
        except OSError:
            self.close_connection = True

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

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
            while not self.server.web.closed:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                piece = b" " * 1_000_000
        body = answer.body if answer.cut is None else answer.body[: answer.cut]
        if length is None:
            body = b"%x\r\n%b\r\n" % (len(body), body) + (b"" if answer.cut else b"0\r\n\r\n")
        if answer.drip:
            for byte in body:
                if self.server.web.closed:
                    break
                self.wfile.write(bytes((byte,)))
                self.wfile.flush()
                time.sleep(answer.drip)
        else:
            self.wfile.write(body)
        if answer.cut is not None:
            self.close_connection = True

    def log_request(self, *_: object) -> None:
        pass
