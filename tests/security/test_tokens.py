"""A token in the path of a channel is told of where it is written down, and need not be there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tests.web import Answer, Asked, Web
from tools.forge.build import Forge

pytestmark = pytest.mark.forked

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


@pytest.mark.parametrize(
    ("index", "links"),
    [(f"/t/{TOKEN}/simple", ""), ("/simple", f"?X-Amz-Signature={TOKEN}"), ("", f"?sig={TOKEN}")],
    ids=["in the path of an index", "in what a page links to", "of a direct address"],
)
def test_a_secret_in_an_address_of_pypi_is_told_when_it_is_written_down(
    wisp: CommandLine, tmp_path: Path, forge: Forge, index: str, links: str
) -> None:
    wheel = next((forge.simple / "six").glob("*.whl"))

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/six/"):
            page = f'<a href="../../{wheel.name}{links}">{wheel.name}</a>'
            return Answer(headers={"Content-Type": "text/html"}, body=page.encode())
        is_wheel = asked.path.endswith(wheel.name)
        return Answer(body=wheel.read_bytes()) if is_wheel else Answer(404)

    with Web(answer, "localhost") as server:
        at = f'{{ url = "{server.url}/{wheel.name}{links}" }}' if not index else '"*"'
        index_url = f'pypi-options = {{ index-url = "{server.url}{index}" }}\n' if index else ""
        (tmp_path / "pixi.toml").write_text(
            f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
            f'{index_url}[dependencies]\npython = "*"\n[pypi-dependencies]\nsix = {at}\n'
        )
        said = [wisp("lock", cwd=tmp_path).success().stderr for _ in range(2)]
    assert TOKEN in (tmp_path / "pixi.lock").read_text()
    assert [one.count("stands in `pixi.lock`") for one in said] == [1, 0]
    assert "***" in said[0]
    assert "by `wisp auth login localhost`" in said[0]
    assert TOKEN not in "".join(said)
