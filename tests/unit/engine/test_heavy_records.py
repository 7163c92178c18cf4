"""Of the lists of channels that much is looked at again that has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tiny import channel, settings, tiny
from tools.forge.serve import Server
from wisp.engine import heavy_records
from wisp.engine.gateway import ChannelAccess
from wisp.engine.solver import SolveRequest, solve
from wisp.specs.heavy import LONGEST


def names(url: str, cache: Path, spec: str) -> set[str]:
    request = SolveRequest(specs=(spec,), channels=(url,), subdir="noarch")
    return {record.name for record in solve(request, ChannelAccess(settings(cache)))}


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was looked through, in order."""
    seen: list[bytes] = []
    look = heavy_records._is_doubtful

    def counted(text: bytes) -> bool:
        seen.append(text)
        return look(text)

    monkeypatch.setattr(heavy_records, "_is_doubtful", counted)
    return seen


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with Server(channel(tmp_path / "channel", [tiny("a"), tiny("b")])) as server:
        yield f"{server.url}/"


def test_shards_are_looked_at_once(
    url: str, tmp_path: Path, looked: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setattr(heavy_records, "_TICK_NS", 10**18)  # as new as a folder can be
    for _ in range(2):
        assert names(url, cache, "a") == {"a"}
    assert len(looked) == 2
    monkeypatch.setattr(heavy_records, "_TICK_NS", 0)
    (shards,) = cache.rglob(heavy_records._SHARDS)
    (shard,) = shards.iterdir()
    later = shard.stat().st_ctime_ns + 1
    os.utime(shards, ns=(later, later))
    for _ in range(2):
        assert names(url, cache, "a") == {"a"}
    assert len(looked) == 3
    assert names(url, cache, "b") == {"b"}
    assert len(looked) == 4
    assert looked[3] not in looked[:3]


def test_a_damaged_note_tells_nothing(url: str, tmp_path: Path, looked: list[bytes]) -> None:
    for number, text in enumerate(("", "x", "1" * 5_000), start=1):
        assert names(url, tmp_path / "cache", "a") == {"a"}
        assert len(looked) == number
        (folder,) = {shards.parent for shards in tmp_path.rglob(heavy_records._SHARDS)}
        (folder / f"{heavy_records._SHARDS}.light").write_text(text)


def test_shards_that_another_process_takes_away_are_no_fault(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cleaned(text: bytes) -> bool:
        (shards,) = tmp_path.rglob(heavy_records._SHARDS)
        for shard in shards.iterdir():
            shard.unlink()
        return False

    monkeypatch.setattr(heavy_records, "_is_doubtful", cleaned)
    request = SolveRequest(specs=("a", "b"), channels=(url,), subdir="noarch")
    assert len(solve(request, ChannelAccess(settings(tmp_path / "cache")))) == 2


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        (rb'"whenever-2.1-0.conda"', False),
        (rb"\"b[when='c']\"", True),
        (rb'"b[when = \"c\"]"', True),
        (rb'"b[when\t\n=\"c\"]"', True),
        (rb'"b[when\u0009=\"c\"]"', True),
        (rb'"b[\u0077hen=\"c\"]"', True),
    ],
)
def test_a_long_list_is_doubtful_where_conditions_may_be(text: bytes, doubtful: bool) -> None:
    assert heavy_records._is_doubtful(text + b" " * LONGEST) == doubtful
    assert not heavy_records._is_doubtful(text)
