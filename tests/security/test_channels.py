"""Channels that lie in their lists of packages: what comes of it is told, with the channel."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]
import pytest
import zstandard

from tests.sandbox import CommandLine
from tests.tiny import channel, settings, tiny
from tests.web import Answer, Asked, Web
from wisp.engine.gateway import ChannelAccess
from wisp.engine.solver import SolveRequest, solve
from wisp.errors import FetchError
from wisp.specs.settings import Patience

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "w"
channels = ["{channel}"]
platforms = ["linux-64"]
[dependencies]
good = "*"
"""
NONE = Answer(404)
GOOD = tiny("good")
ARCHIVE = GOOD.pack(1)
RECORD: dict[str, Any] = GOOD.record(ARCHIVE) | {
    "sha256": hashlib.sha256(ARCHIVE).digest(),
    "md5": hashlib.md5(ARCHIVE, usedforsecurity=False).digest(),
}


class Shards:
    """A channel that lists its packages in shards, of which one is given byte by byte."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"noarch/good-1.0-0.conda": ARCHIVE}
        self.base = "./"
        self.tell(msgpack.packb({"packages": {}, "packages.conda": {GOOD.filename: RECORD}}))

    def tell(self, shard: bytes) -> None:
        packed = zstandard.compress(shard, 1)
        digest = hashlib.sha256(packed)
        self.files[f"noarch/shards/{digest.hexdigest()}.msgpack.zst"] = packed
        self._index("noarch", {"good": digest.digest()})
        self._index("linux-64", {})

    def record(self, **change: Any) -> None:
        row = {GOOD.filename: RECORD | change}
        self.tell(msgpack.packb({"packages": {}, "packages.conda": row, "removed": []}))

    def _index(self, subdir: str, shards: dict[str, bytes]) -> None:
        info = {"subdir": subdir, "base_url": self.base, "shards_base_url": "./shards/"}
        index = msgpack.packb({"version": 1, "info": info, "shards": shards})
        self.files[f"{subdir}/repodata_shards.msgpack.zst"] = zstandard.compress(index, 1)

    def answer(self, asked: Asked) -> Answer:
        body = self.files.get(asked.path.strip("/"))
        return NONE if body is None else Answer(body=body)


@pytest.fixture
def shards() -> Shards:
    return Shards()


@pytest.fixture
def web(shards: Shards) -> Iterator[Web]:
    with Web(shards.answer) as server:
        yield server


@pytest.fixture
def workspace(web: Web, tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST.format(channel=web.url))
    return folder


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"build": "0\n1"}, "has a control character in `build`"),
        ({"features": "a\x1b[2J"}, "has a control character in `features`"),
        ({"size": 2**64 - 1}, "has a number that is too large in `size`"),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, dict) else "",
)
def test_no_lock_is_written_that_could_not_be_read_again(
    wisp: CommandLine, shards: Shards, workspace: Path, change: dict[str, Any], told: str
) -> None:
    wisp("lock", cwd=workspace).success()
    before = (workspace / "pixi.lock").read_text()
    shards.record(**change)
    done = wisp("update", cwd=workspace)
    assert (done.code, "Traceback" in done.stderr) == (1, False)
    assert f"the record of `good` in its channel {told}" in done.stderr
    assert (workspace / "pixi.lock").read_text() == before


@pytest.mark.parametrize(
    "shard", [b"\xc0", b"", b"\xdf\xff\xff\xff\xff", b"\x91" * 100_000, b"\x83\xa8packages\x80"]
)
def test_a_list_of_no_form_is_told_with_its_channel(
    wisp: CommandLine, shards: Shards, web: Web, workspace: Path, shard: bytes
) -> None:
    shards.tell(shard)
    done = wisp("lock", cwd=workspace)
    assert done.code == 1
    assert "failed to read a channel" in done.stderr
    assert web.url in done.stderr


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="told by Linux only")
def test_what_a_list_unpacks_to_has_an_end(shards: Shards, web: Web, tmp_path: Path) -> None:
    """Shards are unpacked in memory, so no draft of them grows on the disk."""
    shards.tell(bytes(1 << 30))
    bounded = settings(tmp_path / "cache", patience=Patience(memory=100 << 20))
    request = SolveRequest(specs=("good",), channels=(web.url,), subdir="linux-64")
    with pytest.raises(FetchError, match=r"more than 100 MB to read what `127\.0\.0\.1` sent"):
        solve(request, ChannelAccess(bounded))


def test_what_is_no_address_is_no_path_of_this_machine_either(
    wisp: CommandLine, shards: Shards, workspace: Path
) -> None:
    shards.base = "x:/y/"
    shards.record()
    done = wisp("lock", cwd=workspace)
    assert done.code == 1
    assert "names a package on this machine: `x:/y/good-1.0-0.conda`" in done.stderr
    assert not (workspace / "pixi.lock").exists()


def test_no_channel_puts_its_list_in_place_of_another(
    wisp: CommandLine, shards: Shards, web: Web, tmp_path: Path
) -> None:
    """rattler keeps parts of lists by digests that channels tell, and compares them with none."""
    other = tiny("good", "6.6.6")
    archive = other.pack(1)
    record = other.record(archive) | {"sha256": hashlib.sha256(archive).digest(), "md5": None}
    listed = {"packages": {}, "packages.conda": {other.filename: record}, "removed": []}
    false = zstandard.compress(msgpack.packb(listed), 1)
    files = {name: false if "/shards/" in name else body for name, body in shards.files.items()}
    evil = Web(
        lambda asked: Answer(body=files[asked.path[1:]]) if asked.path[1:] in files else NONE
    )
    with evil:
        for name, url, version in (("evil", evil.url, "6.6.6"), ("mine", web.url, "1.0")):
            (tmp_path / name).mkdir()
            (tmp_path / name / "pixi.toml").write_text(MANIFEST.format(channel=url))
            wisp("lock", cwd=tmp_path / name).success()
            assert f"good-{version}-0.conda" in (tmp_path / name / "pixi.lock").read_text()


@pytest.mark.parametrize("place", ["file://", "x:y/", " x:y", "http://[", "http://1.2.3.999/"])
@pytest.mark.parametrize("key", ["base_url", "shards_base_url"])
def test_an_index_whose_files_lie_nowhere_is_told_in_our_words(
    wisp: CommandLine, shards: Shards, workspace: Path, key: str, place: str
) -> None:
    index = "noarch/repodata_shards.msgpack.zst"
    known = msgpack.unpackb(zstandard.decompress(shards.files[index], 1 << 20))
    known["info"][key] = place
    shards.files[index] = zstandard.compress(msgpack.packb(known), 1)
    done = wisp("lock", cwd=workspace)
    assert done.code == 1
    assert done.stderr.startswith("Error:"), done.stderr


@pytest.mark.parametrize("key", ['"base_url"', r'"\u0062ase_\u0075rl"'])
@pytest.mark.parametrize("place", ["x:y", "http://[", "http://a:99999/", "http://a b/"])
def test_a_list_whose_files_lie_nowhere_is_told_in_our_words(
    wisp: CommandLine, tmp_path: Path, key: str, place: str
) -> None:
    made = channel(tmp_path / "channel", [GOOD])
    file = made / "noarch/repodata.json"
    info = json.dumps({"info": {"subdir": "noarch", "base_url": place}})[1:-1]
    whole = json.loads(file.read_bytes())
    del whole["info"]
    spelled = info.replace('"base_url"', key)
    file.write_text(f"{{{spelled}, {json.dumps(whole)[1:]}")
    (tmp_path / "pixi.toml").write_text(MANIFEST.format(channel=made.as_uri()))
    done = wisp("lock", cwd=tmp_path)
    assert done.code == 1
    assert done.stderr.startswith("Error:"), done.stderr
    assert "where nothing can lie" in done.stderr


def test_a_warning_of_the_engine_is_told_as_no_terminal_obeys_it(
    wisp: CommandLine, tmp_path: Path
) -> None:
    made = channel(tmp_path / "channel", [GOOD])
    file = made / "noarch/repodata.json"
    whole = json.loads(file.read_bytes())
    whole["info"]["channel_relations"] = {"base": "\x1b[2J\u202e\nError: no"}
    file.write_text(json.dumps(whole))
    (tmp_path / "pixi.toml").write_text(MANIFEST.format(channel=made.as_uri()))
    done = wisp("lock", cwd=tmp_path).success()
    assert r"`\x1b[2J\u202e Error: no`" in done.stderr
    assert "\x1b" not in done.stderr
    assert "sys:1" not in done.stderr
