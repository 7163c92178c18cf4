"""How often a package index is asked while several environments and platforms are locked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge import serve
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.forked]

PLATFORMS = ("linux-64", "linux-aarch64", "osx-arm64", "win-64")
#: `all` needs what two others need, `same` asks what the default environment asks.
ENVIRONMENTS = """
[pypi-dependencies]
rich = "*"
[feature.test.pypi-dependencies]
requests = "*"
[feature.more.pypi-dependencies]
python-dateutil = "*"
[feature.same.tasks]
nothing = "true"
[environments]
test = ["test"]
more = ["more"]
all = ["test", "more"]
same = ["same"]
"""
#: Only a failing test waits that long.
PATIENCE = 20


def make_workspace(folder: Path, forge: Forge, index: str, environments: str) -> Path:
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = {list(PLATFORMS)}\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n[pypi-options]\nindex-url = "{index}"\n'
        f"{environments}"
    )
    return folder


class Lasting(serve._Handler):
    """Answers as the public index does: what was read is good for ten minutes."""

    def _send(
        self, status: HTTPStatus, headers: dict[str, str], body: bytes, *, with_body: bool
    ) -> None:
        if "ETag" in headers:
            headers["Cache-Control"] = "max-age=600"
        super()._send(status, headers, body, with_body=with_body)


@pytest.fixture
def lasting_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_Handler", Lasting)


def assert_each_asked_once(requests: list[str]) -> None:
    asked = Counter(requests)
    assert "GET /simple/six" in asked
    assert any(path.endswith(".metadata") for path in asked)
    assert {path: times for path, times in asked.items() if times > 1} == {}


@pytest.mark.usefixtures("lasting_answers")
def test_a_cold_cache_asks_for_each_page_and_each_metadata_once(
    cold_wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    with Server(forge.folder, latency=0.02) as server:
        workspace = make_workspace(tmp_path / "w", forge, f"{server.url}/simple", ENVIRONMENTS)
        cold_wisp("lock", cwd=workspace).success()
        assert_each_asked_once(server.requests)


def test_a_stale_cache_is_revalidated_once(
    cold_wisp: CommandLine, tmp_path: Path, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(forge.folder) as server:  # whose answers are stale at once
        port = int(server.url.rpartition(":")[2])
        workspace = make_workspace(tmp_path / "w", forge, f"{server.url}/simple", ENVIRONMENTS)
        cold_wisp("lock", cwd=workspace).success()
    locked = (workspace / "pixi.lock").read_bytes()
    (workspace / "pixi.lock").unlink()
    monkeypatch.setattr(serve, "_Handler", Lasting)
    with Server(forge.folder, port, latency=0.02) as server:
        cold_wisp("lock", cwd=workspace).success()
        assert_each_asked_once(server.requests)
    assert (workspace / "pixi.lock").read_bytes() == locked


def test_equal_environments_are_resolved_once(
    cold_wisp: CommandLine, tmp_path: Path, forge: Forge, forge_server: Server
) -> None:
    same = '[pypi-dependencies]\nsix = "*"\n[feature.f.tasks]\nt = "true"\n'
    same += '[environments]\na = ["f"]\nb = ["f"]\n'
    workspace = make_workspace(tmp_path / "w", forge, f"{forge_server.url}/simple", same)
    cold_wisp("lock", cwd=workspace).success()
    # Each run of uv asks anew here: nothing that this server says lasts.
    assert forge_server.requests.count("GET /simple/six") == len(PLATFORMS)


class Meeting(serve._Handler):
    """Answers for `six` and `idna` only once both have been asked for."""

    met: threading.Barrier

    def do_GET(self) -> None:  # noqa: N802 - the name that the base class calls
        if self.path.strip("/") in ("simple/six", "simple/idna"):
            self.met.wait(PATIENCE)
        super().do_GET()


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Barrier]:
    barrier = threading.Barrier(2)
    monkeypatch.setattr(Meeting, "met", barrier, raising=False)
    monkeypatch.setattr(serve, "_Handler", Meeting)
    yield barrier
    barrier.abort()


@pytest.mark.parametrize("cache", ["cold", "warm"])
def test_environments_with_other_packages_ask_side_by_side(
    cold_wisp: CommandLine, tmp_path: Path, forge: Forge, meeting: threading.Barrier, cache: str
) -> None:
    apart = '[feature.a.pypi-dependencies]\nsix = "*"\n[feature.b.pypi-dependencies]\nidna = "*"\n'
    apart += '[environments]\na = ["a"]\nb = ["b"]\n'
    with Server(forge.folder) as server:
        workspace = make_workspace(tmp_path / "w", forge, f"{server.url}/simple", apart)
        manifest = workspace / "pixi.toml"
        manifest.write_text(manifest.read_text().replace(str(list(PLATFORMS)), '["linux-64"]'))
        for _ in range(1 if cache == "cold" else 2):
            cold_wisp("lock", cwd=workspace).success()
            (workspace / "pixi.lock").unlink()
    assert not meeting.broken
