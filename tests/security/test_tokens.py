"""A token in the path of a channel is told of where it is written down, and need not be there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tests.web import Answer, Asked, Web

TOKEN = "ab-s3cret-cd"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """A host that shows its channel to who has the token, wherever that stands."""
    channel(tmp_path / "c", [tiny("good")])

    def answer(asked: Asked) -> Answer:
        head, _, path = asked.path.partition(f"/t/{TOKEN}/")
        file = tmp_path / path
        return Answer(body=file.read_bytes()) if not head and file.is_file() else Answer(404)

    with Web(answer, "localhost") as server:
        yield server


def test_a_token_in_an_address_is_told_once_and_can_be_stored_instead(
    wisp: CommandLine, tmp_path: Path, web: Web
) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    manifest = folder / "pixi.toml"
    text = (
        f'[workspace]\nchannels = ["{web.url}/t/{TOKEN}/c"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\ngood = "*"\n'
    )
    manifest.write_text(text)
    lock = folder / "pixi.lock"
    for command, told in (("lock", 1), ("lock", 0), ("list", 0)):
        said = wisp(command, cwd=folder).success().stderr
        assert said.count(f"{web.url}/t/***/c") == told
        assert said.count("wisp auth login localhost --conda-token -") == told
        assert TOKEN not in said
    assert TOKEN in lock.read_text()
    wisp("auth", "login", "localhost", "--conda-token", "-", cwd=folder, stdin=TOKEN).success()
    manifest.write_text(text.replace(f"/t/{TOKEN}", ""))
    assert "***" not in wisp("install", cwd=folder).success().stderr
    (record,) = (folder / ".pixi" / "envs" / "default" / "conda-meta").glob("good-*.json")
    assert TOKEN not in lock.read_text() + record.read_text()


@pytest.mark.parametrize("place", ["?token=", ";token="])
def test_a_secret_elsewhere_in_an_address_is_told_too(
    wisp: CommandLine, tmp_path: Path, place: str
) -> None:
    folder = tmp_path / "w"
    folder.mkdir()

    def answer(asked: Asked) -> Answer:
        file = tmp_path / asked.path.replace(f";token={TOKEN}", "").lstrip("/")
        return Answer(body=file.read_bytes()) if file.is_file() else Answer(404)

    channel(tmp_path / "c", [tiny("good")])
    with Web(answer, "localhost") as server:
        (folder / "pixi.toml").write_text(
            f'[workspace]\nchannels = ["{server.url}/c{place}{TOKEN}"]\n'
            'platforms = ["linux-64"]\n[dependencies]\ngood = "*"\n'
        )
        said = wisp("lock", cwd=folder).success().stderr
    assert f"the token in `{server.url}/c" in said
    assert "by `wisp auth login localhost`" in said
    assert TOKEN not in said
