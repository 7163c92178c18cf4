"""When Docker's own program need not be asked, and what the engine says by its socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wisp.engine.docker_socket import DockerSocket


@contextmanager
def engine(
    path: Path, answer: bytes, status: str = "200 OK", cut: int = 0
) -> Iterator[list[bytes]]:
    """Answer one request on a socket, but for `cut` bytes; gives what was asked."""
    asked: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen(1)

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                asked.append(connection.recv(1 << 16))
                head = f"HTTP/1.1 {status}\r\nContent-Length: {len(answer) + cut}\r\n\r\n"
                connection.sendall(head.encode() + answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1 << 16):
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield asked
        thread.join(10)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / ".docker").mkdir()
    return tmp_path / "engine.sock"


@pytest.mark.parametrize(
    ("extra", "config", "direct"),
    [
        ({}, None, True),
        ({}, {"auths": {}}, True),
        ({}, {"currentContext": "default"}, True),
        ({}, {"currentContext": "far"}, False),
        ({"DOCKER_CONTEXT": "far"}, None, False),
        ({"DOCKER_HOST": "ssh://far"}, None, False),
        ({"DOCKER_HOST": "unix:///not/there"}, None, False),
    ],
)
def test_only_the_usual_socket_is_asked(
    place: Path, extra: dict[str, str], config: object, direct: bool
) -> None:
    if config is not None:
        (place.parent / ".docker" / "config.json").write_text(json.dumps(config))
    environ = {"HOME": str(place.parent), "DOCKER_HOST": f"unix://{place}"} | extra
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        assert (DockerSocket.of(environ) is not None) == direct


def test_an_image_is_asked_for_by_its_name(place: Path) -> None:
    with engine(place, b'{"RootFS": {"Layers": ["a"]}}') as asked:
        assert DockerSocket(str(place)).image("me/app:1") == {"RootFS": {"Layers": ["a"]}}
    assert asked[0].startswith(b"GET /images/me%2Fapp%3A1/json HTTP/1.0\r\n")
    place.unlink()
    with engine(place, b'{"message": "no such image"}', "404 Not Found"):
        assert DockerSocket(str(place)).image("me/app:1") is None


def test_images_are_listed_by_what_their_names_share(place: Path) -> None:
    with engine(place, b'[{"Id": "sha256:a"}, {"Id": "sha256:b"}]') as asked:
        assert DockerSocket(str(place)).images_of("me/app") == ["sha256:a", "sha256:b"]
    assert b"filters=%7B%22reference%22%3A%20%5B%22me/app%22%5D%7D " in asked[0]
    assert DockerSocket(str(place)).images_of("me/app") == []


@pytest.mark.parametrize(
    ("answer", "status", "problem"),
    [
        (b'{"stream":"Loaded image: x:1\\n"}\r\n', "200 OK", None),
        (b'{"stream":"a"}\r\n{"error":"no such layer"}\r\n', "200 OK", "no such layer"),
        (b"broken", "500 Internal Server Error", "broken"),
        (b"", "200 OK", "the engine does not say that it has the image"),
        (b'{"stream":"a"}\r\n[]\r\n{', "200 OK", "the engine does not say that it has the image"),
    ],
)
def test_what_is_wrong_with_an_archive_is_told(
    place: Path, answer: bytes, status: str, problem: str | None
) -> None:
    archive = place.with_name("image.tar")
    archive.write_bytes(b"")
    with engine(place, answer, status):
        assert DockerSocket(str(place)).load(archive) == problem


def test_an_answer_that_is_cut_is_none(place: Path) -> None:
    archive = place.with_name("image.tar")
    archive.write_bytes(b"")
    with engine(place, b'{"stream":"Loaded image: x:1\n"}\r\n', cut=9):
        assert DockerSocket(str(place)).load(archive) == "the engine hung up"
    place.unlink()
    with engine(place, b"{}", cut=9):
        assert DockerSocket(str(place)).info() is None


def test_an_archive_that_is_gone_is_told(place: Path) -> None:
    assert "No such file" in (DockerSocket(str(place)).load(place.with_name("x.tar")) or "")


def test_an_engine_that_does_not_answer_is_none(place: Path) -> None:
    assert DockerSocket(str(place)).info() is None
    archive = place.with_name("image.tar")
    archive.write_bytes(b"")
    assert "No such file" in (DockerSocket(str(place)).load(archive) or "")
