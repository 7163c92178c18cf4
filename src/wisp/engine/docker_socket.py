"""Docker Engine asked through its socket, where it listens on this machine as usual.

Its own program takes longer to start than the engine to answer. Wherever anything is set that may
lead elsewhere (a host, a context), that program is asked.

The engine is spoken to in HTTP/1.0: then an answer has no chunks and ends with the connection, and
nothing is needed to read it. To load Python's own client takes a quarter of a rebuild's time.

Source: Docker Engine API 1.41, "ImageInspect", "ImageList", "SystemInfo", "ImageLoad"; RFC 1945, 6.
"""

from __future__ import annotations

import json
import re
import socket
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from wisp.foreign import json_data
from wisp.trust import found_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

_SOCKET = "/var/run/docker.sock"
_SCHEME = "unix://"
_SECONDS = 600.0
#: Without this field an answer ends with the connection.
_LENGTH = re.compile(rb"(?i)\ncontent-length:[ \t]*(\d+)")
#: How a row begins that names what was loaded, by its name or its digest.
_LOADED = "Loaded image"


class DockerSocket:
    """The engine behind a socket. What fails here may still work by Docker's own program."""

    def __init__(self, path: str) -> None:
        self._path = path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> DockerSocket | None:
        """Return the engine that Docker's own program would ask, None if only that knows."""
        host = environ.get("DOCKER_HOST", _SCHEME + _SOCKET)
        if not host.startswith(_SCHEME) or "DOCKER_CONTEXT" in environ or _has_context(environ):
            return None
        path = host.removeprefix(_SCHEME)
        with suppress(OSError):
            if stat.S_ISSOCK(Path(path).stat().st_mode):
                return cls(path)
        return None

    def info(self) -> Any:
        """Return what the engine says of itself, None if it does not answer."""
        return self._asked("/info")

    def image(self, name: str) -> Any:
        """Return what the engine knows of an image, None without one."""
        return self._asked(f"/images/{quote(name, safe='')}/json")

    def images_of(self, repository: str) -> list[str]:
        """Return what the engine calls the images whose names differ by their tags only."""
        filters = quote(json.dumps({"reference": [repository]}))
        rows = self._asked(f"/images/json?filters={filters}")
        return [str(row["Id"]) for row in rows] if isinstance(rows, list) else []

    def load(self, archive: Path) -> str | None:
        """Give an archive to the engine; return what is wrong with it, None if nothing is.

        It raises nothing: what cannot be read, sent or understood is told as well.
        """
        try:
            size = archive.stat().st_size
            headers = f"Content-Type: application/x-tar\r\nContent-Length: {size}\r\n"
            with archive.open("rb") as file:
                status, content = self._exchange("POST /images/load?quiet=1", headers, file)
        except (OSError, ValueError) as error:
            return str(error)
        text = content.decode("utf-8", "replace")
        if status != 200:
            return text.strip() or f"status {status}"
        rows = [_row(line) for line in text.splitlines()]
        problem = next((str(row["error"]) for row in rows if row.get("error")), None)
        # An answer may end before the engine has said what became of the image.
        is_loaded = any(str(row.get("stream", "")).startswith(_LOADED) for row in rows)
        return problem or (None if is_loaded else "the engine does not say that it has the image")

    def _asked(self, target: str) -> Any:
        with suppress(OSError, ValueError):
            status, content = self._exchange(f"GET {target}")
            return json_data(content) if status == 200 else None
        return None

    def _exchange(
        self, request: str, headers: str = "", body: IO[bytes] | None = None
    ) -> tuple[int, bytes]:
        """Send a request; return the status and the body of the answer.

        Raises `OSError`, or `ValueError` for what is no answer.
        """
        with socket.socket(socket.AF_UNIX) as engine:
            engine.settimeout(_SECONDS)
            engine.connect(self._path)
            engine.sendall(f"{request} HTTP/1.0\r\nHost: localhost\r\n{headers}\r\n".encode())
            if body is not None:
                # Whoever answers before all was sent says why.
                with suppress(BrokenPipeError, ConnectionResetError):
                    engine.sendfile(body)
            with engine.makefile("rb") as answer:
                head, _, content = answer.read().partition(b"\r\n\r\n")
        first, _, fields = head.partition(b"\r\n")
        line, announced = first.split(), _LENGTH.search(b"\n" + fields)
        is_whole = announced is None or len(content) == int(announced[1])
        if len(line) < 2 or not line[0].startswith(b"HTTP/") or not is_whole:
            raise ValueError("the engine hung up")
        return int(line[1]), content


def _has_context(environ: Mapping[str, str]) -> bool:
    folder = environ.get("DOCKER_CONFIG") or f"{environ.get('HOME', '')}/.docker"
    try:
        table = json_data(found_bytes(Path(folder) / "config.json"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return not isinstance(table, dict) or table.get("currentContext", "default") != "default"


def _row(line: str) -> Mapping[str, Any]:
    with suppress(ValueError):
        row = json_data(line)
        return row if isinstance(row, dict) else {}
    return {}
