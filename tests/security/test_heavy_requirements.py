"""A signal ends the solver at what is nested in thousands: each is refused before, in words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.forks import Forks
from tests.sandbox import Home, Result
from tests.tiny import channel, tiny
from tests.unit.wheelhouse import make_wheel
from tools.forge.serve import Server

MANIFEST = """\
[workspace]
name = "w"
channels = ["{channel}"]
platforms = ["linux-64"]
[dependencies]
"""
#: Requirements of a record, and how a manifest says the same.
TOO_MUCH = {
    "version": ("b {}", 'version = "{}"', "(" * 5_000 + ">=1" + ")" * 5_000),
    "condition": ("b[when='{}']", 'version = "*", when = "{}"', "(" * 5_000 + "b" + ")" * 5_000),
    "chain": ("b[when='{}']", 'version = "*", when = "{}"', "b and " * 20_000 + "b"),
    "alternatives": ("b[when='{}']", 'version = "*", when = "{}"', "b or " * 20_000 + "b"),
}


def required(kind: str) -> str:
    """Return what a record requires that is too much in some way."""
    requirement, _, much = TOO_MUCH[kind]
    return requirement.format(much)


@contextmanager
def served(place: Path, form: str) -> Iterator[str]:
    """Give the URL of a channel that has a form of repodata."""
    if form == "folder":
        yield place.as_uri()
        return
    if form == "list":
        for index in place.glob("*/repodata_shards.msgpack.zst"):
            index.unlink()
    with Server(place) as server:
        yield server.url


class Locking:
    """Locks one requirement of a workspace."""

    def __init__(self, forks: Forks, home: Home, folder: Path) -> None:
        self._forks, self._home, self._folder = forks, home, folder
        folder.mkdir()

    def __call__(self, url: str, requirement: str) -> Result:
        manifest = MANIFEST.format(channel=url) + requirement
        (self._folder / "pixi.toml").write_text(manifest)
        return self._forks.run(self._home, "lock", cwd=self._folder)


@pytest.fixture
def lock(forks: Forks, home: Home, tmp_path: Path) -> Locking:
    return Locking(forks, home, tmp_path / "w")


def refused(done: Result) -> None:
    assert done.code == 1, done.stderr
    assert "a-1.0-0.conda` requires what cannot be used" in done.stderr
    assert len(done.stderr) < 1_000


@pytest.mark.parametrize("form", ["shards", "list", "folder"])
@pytest.mark.parametrize("kind", TOO_MUCH)
def test_a_record_without_measure_is_refused_in_words(
    lock: Locking, tmp_path: Path, form: str, kind: str
) -> None:
    made = [tiny("good"), tiny("b"), tiny("a", "1.0", required(kind)), tiny("c", "1.0", "a")]
    place = channel(tmp_path / "channel", made)
    with served(place, form) as url:
        # What nobody asks for harms nobody, before it was refused and afterwards.
        for _ in range(2):
            assert lock(url, 'good = "*"').code == 0
            refused(lock(url, 'c = "*"'))


@pytest.mark.parametrize("key", ["constrains", "extra_depends"])
def test_no_other_list_of_a_record_has_one_either(lock: Locking, tmp_path: Path, key: str) -> None:
    place = channel(tmp_path / "channel", [tiny("a"), tiny("b")])
    file = place / "noarch/repodata.json"
    whole = json.loads(file.read_bytes())
    (row,) = [row for row in whole["packages.conda"].values() if row["name"] == "a"]
    heavy = required("version")
    row[key] = {"x": [heavy]} if key == "extra_depends" else [heavy]
    # JSON may spell signs as numbers, which a look for the signs themselves does not find.
    file.write_text(json.dumps(whole).replace("(", "\\u0028"))
    refused(lock(place.as_uri(), 'a = { version = "*", extras = ["x"] }'))


def test_an_archive_that_is_named_by_its_address_has_none_either(
    lock: Locking, tmp_path: Path
) -> None:
    place = channel(tmp_path / "channel", [tiny("a", "1.0", required("chain"))])
    other = channel(tmp_path / "other", [tiny("b")])
    archive = next(place.glob("noarch/a-*.conda"))
    refused(lock(other.as_uri(), f'a = {{ url = "{archive.as_uri()}" }}'))


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_a_manifest_asks_for_none(lock: Locking, tmp_path: Path, kind: str) -> None:
    other = channel(tmp_path / "other", [tiny("b")])
    _, asked, much = TOO_MUCH[kind]
    done = lock(other.as_uri(), f"b = {{ {asked.format(much)} }}")
    assert done.code == 1, done.stderr
    assert len(done.stderr) < 20_000


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_what_ends_uv_is_told_in_our_words(forks: Forks, home: Home, tmp_path: Path) -> None:
    made = channel(tmp_path / "channel", [tiny("python", "3.12.0")])
    marker = "(" * 50_000 + "python_version > '3'" + ")" * 50_000
    wheel = make_wheel(tmp_path, "deep", requires=[f"x; {marker}"])
    wanted = f'python = "*"\n[pypi-dependencies]\ndeep = {{ path = "{wheel.name}" }}\n'
    (tmp_path / "pixi.toml").write_text(MANIFEST.format(channel=made.as_uri()) + wanted)
    done = forks.run(home, "lock", cwd=tmp_path)
    assert done.code == 1
    assert "what uv cannot bear" in done.stderr
    assert "thread" not in done.stderr


def test_stars_of_a_selector_are_not_tried_in_all_ways(
    forks: Forks, home: Home, tmp_path: Path
) -> None:
    named = f'[{{ name = "{"a" * 60}", subdir = "linux-64" }}]'
    manifest = MANIFEST.format(channel=tmp_path.as_uri()).replace('["linux-64"]', named)
    selector = "*a" * 25 + "b"
    (tmp_path / "pixi.toml").write_text(f'{manifest}[target."{selector}".dependencies]\n')
    assert forks.run(home, "info", cwd=tmp_path).code == 0
