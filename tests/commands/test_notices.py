"""Notices of channels are told at the end, once, and asked for since 0.77.1 (#6852)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.serve import Server

pytestmark = pytest.mark.forked

NEW = {"WISP_PIXI_COMPAT": "0.85"}


def workspace(folder: Path, url: str, name: str = "greeter") -> None:
    folder.mkdir(exist_ok=True)
    (folder / "pixi.lock").unlink(missing_ok=True)
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{url}"]\nplatforms = ["linux-64"]\n'
        f'[dependencies]\n{name} = "*"\n'
    )


def test_a_notice_is_told_once_until_the_cache_is_cleaned(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    channel(tmp_path / "chan", [tiny("greeter", "1.0")])
    told = {"notices": [{"id": "a", "message": "we move\x1b[2J soon", "level": "info"}]}
    (tmp_path / "chan" / "notices.json").write_text(json.dumps(told))
    here = tmp_path / "here"
    with Server(tmp_path / "chan") as server:
        workspace(here, server.url)
        cold_wisp("lock", cwd=here, env={"WISP_PIXI_COMPAT": "0.77"}).success()
        assert "GET /notices.json" not in server.requests
        workspace(here, server.url)
        first = cold_wisp("lock", cwd=here, env=NEW).success()
        assert "we move" in first.stderr.splitlines()[-1]
        assert "\x1b[2J" not in first.stderr
        assert server.requests.count("GET /notices.json") == 1
        workspace(here, server.url)
        assert "we move" not in cold_wisp("lock", cwd=here, env=NEW).success().stderr
        cold_wisp("clean", "cache", "--notices", "--yes", cwd=here).success()
        workspace(here, server.url)
        assert "we move" in cold_wisp("lock", cwd=here, env=NEW).success().stderr


def test_a_channel_without_notices_stops_nothing(cold_wisp: CommandLine, tmp_path: Path) -> None:
    channel(tmp_path / "chan", [tiny("greeter", "1.0")])
    (tmp_path / "chan" / "notices.json").write_text("[")
    here = tmp_path / "here"
    with Server(tmp_path / "chan") as server:
        workspace(here, server.url)
        done = cold_wisp("lock", cwd=here, env=NEW).success()
    assert "Notice" not in done.stderr
