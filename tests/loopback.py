"""Servers on loopback while a `with` block runs, whose handlers take every method alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Generic, TypeVar

Owner = TypeVar("Owner")


class LoopbackServer(ThreadingHTTPServer, Generic[Owner]):
    """A server that knows whose it is."""

    daemon_threads = True
    owner: Owner


class AnyMethod(BaseHTTPRequestHandler):
    """Answers each request by `answer_any`, and logs none."""

    protocol_version = "HTTP/1.1"
    # Head and body leave in two writes; together with delayed acknowledgements that costs 40 ms.
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self.answer_any
        raise AttributeError(name)

    def answer_any(self) -> None:
        raise NotImplementedError

    def log_request(self, *_: object) -> None:
        pass


@contextmanager
def serving(owner: Owner, handler: type[AnyMethod]) -> Iterator[int]:
    """Serve, in threads, and give the port."""
    server = LoopbackServer[Owner](("127.0.0.1", 0), handler)
    server.owner = owner
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
