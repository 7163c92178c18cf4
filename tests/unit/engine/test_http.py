from __future__ import annotations

from pathlib import Path

import pytest

from tools.forge.serve import Server
from wisp.engine import http
from wisp.engine.http import HttpClient, mirrored
from wisp.engine.ranged import RangedFile
from wisp.errors import FetchError
from wisp.specs.settings import Network


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_BACKOFF_SECONDS", 0.0)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "names.json").write_text('{"a": 1}')
    (tmp_path / "big").write_bytes(bytes(range(256)) * 1024)
    return tmp_path


def test_a_file_is_fetched_over_one_connection(site: Path) -> None:
    client = HttpClient(Network(), {})
    with Server(site) as server:
        assert client.get(f"{server.url}/names.json").body == b'{"a": 1}'
        assert client.get(f"{server.url}/missing").status == 404


def test_the_longest_mirrored_prefix_decides() -> None:
    mirrors = {
        "https://h/": ("http://m/all/",),
        "https://h/deep/": ("http://m/deep/", "http://n/deep"),
    }
    assert mirrored("https://h/x", mirrors) == ("http://m/all/x",)
    assert mirrored("https://h/deep/x", mirrors) == ("http://m/deep/x", "http://n/deep/x")
    assert mirrored("https://other/x", mirrors) == ("https://other/x",)


def test_a_failing_mirror_gives_way_to_the_next(site: Path) -> None:
    with Server(site) as broken, Server(site) as sound:
        broken.troubles["names.json"] = 503
        network = Network(mirrors={"https://h/": (f"{broken.url}/", f"{sound.url}/")})
        assert HttpClient(network, {}).get("https://h/names.json").status == 200
        assert len(broken.requests) == 3


def test_a_server_that_never_answers_well_is_an_error(site: Path) -> None:
    with Server(site) as server:
        server.troubles["names.json"] = 500
        with pytest.raises(FetchError, match=r"could not fetch") as failure:
            HttpClient(Network(), {}).get(f"{server.url}/names.json")
    assert "status 500" in str(failure.value.causes[0])


def test_a_closed_port_is_an_error_and_not_a_crash() -> None:
    with pytest.raises(FetchError):
        HttpClient(Network(), {}).get("http://127.0.0.1:9/x")


def test_offline_asks_nobody(site: Path) -> None:
    with Server(site) as server:
        with pytest.raises(FetchError) as failure:
            HttpClient(Network(offline=True), {}).get(f"{server.url}/names.json")
        assert failure.value.hints
        assert server.requests == []


def test_proxies_of_the_environment_win_and_spare_exempt_hosts(site: Path) -> None:
    with Server(site) as proxy:
        configured = Network(http_proxy="http://127.0.0.1:9")
        client = HttpClient(configured, {"http_proxy": proxy.url, "no_proxy": "direct.invalid"})
        client.get("http://somewhere.invalid/names.json")
        assert proxy.requests
        proxy.requests.clear()
        with pytest.raises(FetchError):
            client.get("http://direct.invalid/names.json")
        assert proxy.requests == []


def test_parts_of_a_file_are_read_once_each(site: Path) -> None:
    with Server(site) as server:
        file = RangedFile.open(HttpClient(Network(), {}), f"{server.url}/big")
        assert file is not None
        file.seek(-4, 2)
        assert file.read() == b"\xfc\xfd\xfe\xff"
        file.seek(65_530)
        assert file.read(12) == bytes([250, 251, 252, 253, 254, 255, 0, 1, 2, 3, 4, 5])
        asked = len(server.requests)
        file.seek(0)
        assert file.read(2) == b"\x00\x01"
        assert len(server.requests) == asked
