"""Docker Engine asked through its socket, where it listens on this machine as usual.

Its own program takes longer to start than the engine to answer. Wherever anything is set that may
lead elsewhere (a host, a context), that program is asked.

Source: Docker Engine API 1.41, "ImageInspect", "SystemInfo", "ImageLoad".
"""

from __future__ import annotations

import http.client
import socket
import stat
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wisp.foreign import json_data

_SOCKET = "/var/run/docker.sock"
_SCHEME = "unix://"
_SECONDS = 600.0


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

    def load(self, archive: Path) -> str | None:
        """Give an archive to the engine; return what is wrong with it, None if nothing is."""
        headers = {
            "Content-Type": "application/x-tar",
            "Content-Length": str(archive.stat().st_size),
        }
        try:
            with closing(self._connection()) as connection, archive.open("rb") as file:
                connection.request("POST", "/images/load?quiet=1", body=file, headers=headers)
                answer = connection.getresponse()
                text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            return str(error)
        said = [_problem(line) for line in text.splitlines()]
        if answer.status != 200:
            return text.strip() or f"status {answer.status}"
        return next((problem for problem in said if problem), None)

    def _asked(self, target: str) -> Any:
        with suppress(OSError, ValueError, http.client.HTTPException):
            with closing(self._connection()) as connection:
                connection.request("GET", target)
                answer = connection.getresponse()
                content = answer.read()
            return json_data(content) if answer.status == 200 else None
        return None

    def _connection(self) -> http.client.HTTPConnection:
        own = socket.socket(socket.AF_UNIX)
        try:
            own.settimeout(_SECONDS)
            own.connect(self._path)
        except OSError:
            own.close()
            raise
        connection = http.client.HTTPConnection("localhost", timeout=_SECONDS)
        connection.sock = own
        return connection


def _has_context(environ: Mapping[str, str]) -> bool:
    folder = environ.get("DOCKER_CONFIG") or f"{environ.get('HOME', '')}/.docker"
    try:
        table = json_data((Path(folder) / "config.json").read_bytes())
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return not isinstance(table, dict) or table.get("currentContext", "default") != "default"


def _problem(line: str) -> str | None:
    with suppress(ValueError):
        row = json_data(line)
        return str(row["error"]) if isinstance(row, dict) and row.get("error") else None
    return None
