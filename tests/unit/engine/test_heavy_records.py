"""Of the lists of channels that much is looked at again that has changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.tiny import channel, settings, tiny
from tools.forge.serve import Server
from wisp.engine import heavy_records
from wisp.engine.gateway import ChannelAccess
from wisp.engine.solver import SolveRequest, solve


def names(url: str, cache: Path, spec: str) -> set[str]:
    request = SolveRequest(specs=(spec,), channels=(url,), subdir="noarch")
    return {record.name for record in solve(request, ChannelAccess(settings(cache)))}


def test_shards_are_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    look = heavy_records._is_doubtful

    def counted(text: bytes) -> bool:
        looked.append(len(text))
        return look(text)

    monkeypatch.setattr(heavy_records, "_is_doubtful", counted)
    place, cache = channel(tmp_path / "channel", [tiny("a"), tiny("b")]), tmp_path / "cache"
    with Server(place) as server:
        url = f"{server.url}/"
        # rattler has just written into the folder, so its time may be told once more.
        for _ in range(2):
            assert names(url, cache, "a") == {"a"}
        assert len(looked) == 2
        (shards,) = cache.rglob(heavy_records._SHARDS)
        long_ago = time.time() - 60
        for _ in range(2):
            os.utime(shards, (long_ago, long_ago))
            assert names(url, cache, "a") == {"a"}
        assert len(looked) == 3
        assert names(url, cache, "b") == {"b"}
    assert len(looked) in (4, 5)  # the new one, and the other if it is as new
