from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.forge.serve import Server
from wisp.engine import http
from wisp.engine.http import HttpClient
from wisp.engine.names import NameService, shipped_names
from wisp.errors import ConfigError
from wisp.report import Reporter
from wisp.specs.settings import Network

KNOWN = "a" * 64
UNKNOWN = "b" * 64


class Clock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


class Warnings(Reporter):
    """Keeps what it is warned of."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def warn(self, message: str, hints: tuple[str, ...] = ()) -> None:
        self.messages.append(message)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "hash-v0").mkdir(parents=True)
    (folder / "hash-v0" / KNOWN).write_text(json.dumps({"pypi_normalized_names": ["torch"]}))
    (folder / "compressed-v0").mkdir()
    compressed = folder / "compressed-v0" / "compressed_mapping.json"
    compressed.write_text('{"pytorch": "torch", "python": null, "two": ["b", "a"]}')
    return folder


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_BACKOFF_SECONDS", 0.0)


def service(
    cache: Path, server: Server | None = None, clock: Clock | None = None, **options: object
) -> NameService:
    url = server.url if server else "http://127.0.0.1:9"
    network = Network(mirrors={"https://conda-mapping.prefix.dev/": (f"{url}/",)})
    reporter = options.get("reporter")
    assert reporter is None or isinstance(reporter, Reporter)
    return NameService(
        HttpClient(network, {}), cache, now=clock or Clock(), reporter=reporter or Reporter()
    )


def test_an_archive_is_asked_for_once_and_for_all(site: Path, tmp_path: Path) -> None:
    clock = Clock()
    with Server(site) as server:
        assert service(tmp_path, server, clock).by_hash([KNOWN, UNKNOWN]) == {KNOWN: ("torch",)}
        assert len(server.requests) == 2
        assert service(tmp_path, server, clock).by_hash([KNOWN, UNKNOWN]) == {KNOWN: ("torch",)}
        assert len(server.requests) == 2
        clock.seconds += 48 * 3600
        service(tmp_path, server, clock).by_hash([KNOWN, UNKNOWN])
        assert server.requests[2:] == [f"GET /hash-v0/{UNKNOWN}"]


def test_the_map_is_kept_and_then_revalidated(site: Path, tmp_path: Path) -> None:
    clock = Clock()
    names = {"pytorch": ("torch",), "python": (), "two": ("b", "a")}
    with Server(site) as server:
        assert service(tmp_path, server, clock).conda_forge() == names
        assert service(tmp_path, server, clock).conda_forge() == names
        assert len(server.requests) == 1
        clock.seconds += 7200
        assert service(tmp_path, server, clock).conda_forge() == names
        assert len(server.requests) == 2


def test_without_the_service_the_shipped_map_answers_with_a_warning(tmp_path: Path) -> None:
    warnings = Warnings()
    names = service(tmp_path, reporter=warnings)
    assert names.by_hash([KNOWN]) == {}
    assert names.conda_forge()["pytorch"] == ("torch",)
    assert len(warnings.messages) == 1


def test_a_service_that_was_not_reached_is_left_alone_for_a_while(
    site: Path, tmp_path: Path
) -> None:
    clock, warnings = Clock(), Warnings()
    service(tmp_path, None, clock, reporter=warnings).by_hash([KNOWN])
    with Server(site) as server:
        later = service(tmp_path, server, clock, reporter=warnings)
        assert later.by_hash([KNOWN]) == {}
        assert later.conda_forge()["pytorch"] == ("torch",)
        assert (server.requests, len(warnings.messages)) == ([], 1)
        clock.seconds += 3600
        assert service(tmp_path, server, clock).by_hash([KNOWN]) == {KNOWN: ("torch",)}


@pytest.mark.parametrize("content", ["", "[]", '{"at": "noon"}', '{"at": 9e99}', '{"at": null}'])
def test_a_damaged_memory_of_failures_counts_for_nothing(
    site: Path, tmp_path: Path, content: str
) -> None:
    (tmp_path / "given-up.json").write_text(content)
    with Server(site) as server:
        assert service(tmp_path, server).by_hash([KNOWN]) == {KNOWN: ("torch",)}


def test_the_shipped_map_tells_none_from_unknown() -> None:
    names = shipped_names()
    assert names["python"] == ()
    assert names["numpy"] == ("numpy",)
    assert set(names["msgpack-python"]) == {"msgpack", "msgpack-python"}
    assert "no-such-conda-package" not in names


def test_maps_of_a_manifest_are_files_or_urls(site: Path, tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text('{"a": "b", "c": null}')
    with Server(site) as server:
        names = service(tmp_path, server)
        assert names.read_map("map.json", tmp_path) == {"a": ("b",), "c": ()}
        url = f"{server.url}/compressed-v0/compressed_mapping.json"
        assert names.read_map(url, tmp_path)["pytorch"] == ("torch",)


@pytest.mark.parametrize("content", [None, "[1]", "{", '{"a": 1}', '{"a": [1]}', '{"a": {"b": 1}}'])
def test_a_map_that_cannot_be_used_is_named(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "map.json").write_text(content)
    with pytest.raises(ConfigError, match=r"map\.json"):
        service(tmp_path).read_map("map.json", tmp_path)


ODD = ["", "[]", "1", "{", "[" * 60_000, '{"pypi_normalized_names": 1, "a": 1}', '{"a": [1]}']


@pytest.mark.parametrize("answer", ODD)
def test_an_odd_answer_of_the_service_is_none(site: Path, tmp_path: Path, answer: str) -> None:
    (site / "hash-v0" / KNOWN).write_text(answer)
    (site / "compressed-v0" / "compressed_mapping.json").write_text(answer)
    with Server(site) as server:
        asked = service(tmp_path, server)
        assert asked.by_hash([KNOWN]) in ({}, {KNOWN: ()})
        assert asked.conda_forge()["pytorch"] == ("torch",)
        assert not (tmp_path / "compressed_mapping.json").exists()


@pytest.mark.parametrize(
    "kept", [*ODD, '{"names": [], "at": 1}', '{"known": 1}', '{"unknown": []}']
)
def test_a_damaged_memory_of_names_is_asked_for_anew(site: Path, tmp_path: Path, kept: str) -> None:
    for name in ("hash-v0.json", "compressed_mapping.json"):
        (tmp_path / name).write_text(kept)
    with Server(site) as server:
        assert service(tmp_path, server).by_hash([KNOWN]) == {KNOWN: ("torch",)}
        assert service(tmp_path, server).conda_forge()["pytorch"] == ("torch",)


def test_a_map_that_is_no_json_is_shown_in_its_line(tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text('{\n  "a": "b",\n  "c" 1\n}\n')
    with pytest.raises(ConfigError) as caught:
        service(tmp_path).read_map("map.json", tmp_path)
    assert caught.value.place is not None
    assert caught.value.place.line == 3
