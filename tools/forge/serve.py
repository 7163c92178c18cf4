"""Any folder over HTTP on loopback, with the manners and the troubles of a real server."""

from __future__ import annotations

import argparse
import hashlib
import re
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

_SIMPLE_INDEX = "application/vnd.pypi.simple.v1+json"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


@dataclass(slots=True)
class Server:
    """A server for `folder` while its `with` block runs.

    `latency` is waited before each answer, in seconds; a path in `troubles` (without the leading
    slash) is answered with the status given there. Both may be changed while it runs. Of a file
    whose name begins with a word of `held` one half is sent, the other after `go_on` was set.
    `requests` lists what was asked, as `METHOD /path`.
    """

    folder: Path
    port: int = 0
    latency: float = 0.0
    troubles: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    go_on: threading.Event = field(default_factory=threading.Event)
    requests: list[str] = field(default_factory=list)
    _server: _HTTPServer | None = None

    @property
    def url(self) -> str:
        """Address of the folder, without a slash at its end."""
        assert self._server is not None, "the server has not been started"
        return f"http://localhost:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._server = _HTTPServer(("127.0.0.1", self.port), _Handler)
        self._server.site = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Answer nobody any more; may be called again."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    site: Server


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with ETag, `If-None-Match` and single ranges."""

    protocol_version = "HTTP/1.1"
    server: _HTTPServer

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_request(self, *_: object) -> None:
        """Say nothing: `Server.requests` remembers."""

    def _answer(self, *, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        self.server.site.requests.append(f"{self.command} /{path}")
        time.sleep(self.server.site.latency)
        if path in self.server.site.troubles:
            return self._refuse(HTTPStatus(self.server.site.troubles[path]))
        file = self._find(path)
        if file is None:
            return self._refuse(HTTPStatus.NOT_FOUND)
        data = file.read_bytes()
        tag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
        if tag in self.headers.get("If-None-Match", ""):
            return self._send(HTTPStatus.NOT_MODIFIED, {"ETag": tag}, b"", with_body=False)
        kind = _SIMPLE_INDEX if file.name == "index.json" else "application/octet-stream"
        headers = {"ETag": tag, "Accept-Ranges": "bytes", "Content-Type": kind}
        headers["Cache-Control"] = "max-age=0, must-revalidate"
        return self._send_part(headers, data, with_body=with_body)

    def _find(self, path: str) -> Path | None:
        file = (self.server.site.folder / path).resolve()
        if not file.is_relative_to(self.server.site.folder.resolve()):
            return None
        if file.is_dir():
            file = file / "index.json"
        return file if file.is_file() else None

    def _send_part(self, headers: dict[str, str], data: bytes, *, with_body: bool) -> None:
        asked = _RANGE.match(self.headers.get("Range", ""))
        if asked is None or not any(asked.groups()):
            return self._send(HTTPStatus.OK, headers, data, with_body=with_body)
        first, last = asked.groups()
        start = int(first) if first else max(0, len(data) - int(last))
        stop = min(int(last) + 1, len(data)) if first and last else len(data)
        if start >= stop:
            return self._refuse(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
        return self._send(
            HTTPStatus.PARTIAL_CONTENT, headers, data[start:stop], with_body=with_body
        )

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(status, {}, f"{status.value} {status.phrase}\n".encode(), with_body=True)

    def _send(
        self, status: HTTPStatus, headers: dict[str, str], body: bytes, *, with_body: bool
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not with_body or self.command == "HEAD":
            return
        name = self.path.rpartition("/")[2]
        if status is HTTPStatus.OK and name.startswith(tuple(self.server.site.held)):
            half = len(body) // 2
            self.wfile.write(body[:half])
            self.wfile.flush()
            self.server.site.go_on.wait()
            body = body[half:]
        self.wfile.write(body)


def main() -> None:
    """Serve a folder until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    options = parser.parse_args()
    with Server(options.folder, options.port, options.latency) as server:
        print(f"{server.url} serves {options.folder}")
        threading.Event().wait()


if __name__ == "__main__":
    main()
