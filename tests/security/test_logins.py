"""A user and a password in the address of a channel: who gets them, and who does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tests.web import Answer, Asked, Web
from wisp.engine.auth.stores import authorization
from wisp.specs.credentials import BasicHTTP

SECRET = "sw0rdfish"
LOGIN = authorization(BasicHTTP("me", SECRET))


def opened(address: str) -> str:
    return address.replace("://", f"://me:{SECRET}@")


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Web]:
    """A channel `c` with the package `good`, for one user."""
    made = channel(tmp_path / "guarded" / "c", [tiny("good")])

    def answer(asked: Asked) -> Answer:
        if asked.authorization != LOGIN:
            return Answer(401, {"WWW-Authenticate": 'Basic realm="x"'})
        file = made.parent / asked.path.lstrip("/")
        return Answer(body=file.read_bytes()) if file.is_file() else Answer(404)

    with Web(answer) as web:
        yield web


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[Web]:
    """A channel `c` with the package `other`, for everybody, at another port of the same host."""
    made = channel(tmp_path / "open" / "c", [tiny("other")])

    def answer(asked: Asked) -> Answer:
        file = made.parent / asked.path.lstrip("/")
        return Answer(body=file.read_bytes()) if file.is_file() else Answer(404)

    with Web(answer) as web:
        yield web


@pytest.mark.parametrize(
    "line", ["exec {} --spec good true", "search {} good", "global install {} good"]
)
@pytest.mark.parametrize("named", [True, False], ids=["by an option", "by the configuration"])
def test_a_login_in_a_channel_that_is_named_opens_it(
    cold_wisp: CommandLine, tmp_path: Path, guarded: Web, line: str, named: bool
) -> None:
    address = opened(f"{guarded.url}/c")
    if not named:
        cold_wisp("config", "set", "-g", "default-channels", f'["{address}"]', cwd=tmp_path)
    words = line.format(f"-c {address}" if named else "").split()
    done = cold_wisp(*words, cwd=tmp_path).success()
    assert SECRET not in done.stdout + done.stderr
    assert {asked.authorization for asked in guarded.asked} == {LOGIN}


def test_a_login_in_a_channel_is_for_no_other_port_of_its_host(
    cold_wisp: CommandLine, tmp_path: Path, guarded: Web, neighbour: Web
) -> None:
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{opened(guarded.url)}/c", "{neighbour.url}/c"]\n'
        'platforms = ["linux-64"]\n[dependencies]\ngood = "*"\nother = "*"\n'
    )
    cold_wisp("install", cwd=tmp_path).success()
    assert (tmp_path / ".pixi/envs/default/share/good.txt").is_file()
    assert (tmp_path / ".pixi/envs/default/share/other.txt").is_file()
    assert {asked.authorization for asked in guarded.asked} == {LOGIN}
    assert {asked.authorization for asked in neighbour.asked} == {None}
    assert "/c/notices.json" in {asked.path for asked in guarded.asked}
