"""Which detectors channels name, by rattler's rules, and what specs ask of machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.detectors import named, quantum_channel
from tests.tiny import settings
from tools.forge.serve import Server
from wisp.engine.detectors import asked_of_machines, registered
from wisp.engine.gateway import ChannelAccess
from wisp.errors import FetchError

#: What repodata may say, who counts, and a word of the warning.
TABLES: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "two": ({"a": ["__x"], "b": ["__y", "__z"]}, ["a", "b"], ""),
    "a name without underscores": ({"a": ["__x"], "b": ["y"]}, ["a"], "two underscores"),
    "a name without end": ({"a": ["__" + "x" * 63]}, [], "longer than 64"),
    "no package": ({"No Package": ["__x"]}, [], "not a valid package name"),
    "nothing told": ({"a": []}, [], "between 1 and 16"),
    "too much told": ({"a": [f"__x{n}" for n in range(17)]}, [], "between 1 and 16"),
    "too many": ({f"a{n}": [f"__x{n}"] for n in range(65)}, [], "at most 64"),
    "told twice": ({"a": ["__x"], "b": ["__x"]}, [], "more than once"),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_repodata_may_name(tmp_path: Path, name: str) -> None:
    table, accepted, word = TABLES[name]
    url = named(quantum_channel(tmp_path / "chan"), table).as_uri()
    found = registered([url], "linux-64", ChannelAccess(settings(tmp_path / "cache")))
    assert [one.detector for one in found.accepted] == accepted
    assert {one.origin for one in found.accepted} <= {url}
    assert word in "\n".join(found.odd)
    assert bool(found.odd) is bool(word)


@pytest.mark.parametrize("form", ["sharded", "plain"])
def test_a_channel_of_the_web_names_them_in_each_form(tmp_path: Path, form: str) -> None:
    quantum_channel(tmp_path / "chan")
    if form == "plain":
        (tmp_path / "chan/noarch/repodata_shards.msgpack.zst").unlink()
    with Server(tmp_path / "chan") as server:
        access = ChannelAccess(settings(tmp_path / "cache"))
        (found,) = registered([server.url], "linux-64", access).accepted
        assert (found.origin, found.names) == (server.url.rstrip("/"), ("__quantum",))
        assert asked_of_machines([server.url], ["app"], "linux-64", access) == {"__quantum"}


def test_of_two_channels_the_first_tells(tmp_path: Path) -> None:
    urls = [quantum_channel(tmp_path / name).as_uri() for name in ("first", "second")]
    found = registered(urls, "linux-64", ChannelAccess(settings(tmp_path / "cache")))
    assert [one.origin for one in found.accepted] == urls[:1]
    (odd,) = found.odd
    assert f"not running detector 'quantum-detector' of {urls[1]}" in odd


def test_what_nothing_asks_for_is_not_asked_of_machines(tmp_path: Path) -> None:
    url = quantum_channel(tmp_path / "chan").as_uri()
    access = ChannelAccess(settings(tmp_path / "cache"))
    assert asked_of_machines([url], ["plain"], "linux-64", access) == frozenset()


def test_a_channel_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    url = named(quantum_channel(tmp_path / "chan"), ["no table"]).as_uri()
    with pytest.raises(FetchError):
        registered([url], "linux-64", ChannelAccess(settings(tmp_path / "cache")))
