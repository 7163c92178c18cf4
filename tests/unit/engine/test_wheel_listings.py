"""Wheels are found in channels of each form: in shards, in whole lists, in folders."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from mmap import mmap
from pathlib import Path
from typing import Any

import pytest
from rattler.channel.channel import Channel
from rattler.platform.subdir import Subdir

from tests.channel_wheels import list_wheel
from tests.tiny import VIRTUAL, channel, settings, tiny
from tests.unit.wheelhouse import make_wheel
from tools.forge.serve import Server
from wisp.engine import list_looks, wheel_listings
from wisp.engine.gateway import ChannelAccess
from wisp.engine.search import find_records, known_names
from wisp.engine.solver import SolveRequest, solve
from wisp.errors import SolveError
from wisp.specs.inputs import ExcludeNewer
from wisp.specs.records import CondaRecord
from wisp.specs.settings import RepodataFormats
from wisp.values import replace

FORMS = ("shards", "list", "no shards wanted", "folder")
WHEEL = "seven-1.0-py3-none-any.whl"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = channel(tmp_path / "chan", [tiny("python", "3.12.0"), tiny("plain")])
    list_wheel(made, make_wheel(made / "noarch", "seven"), "python", timestamp=1_700_000_000_000)
    return made


@contextmanager
def served(place: Path, form: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the URL of a channel that has a form of repodata, and the settings that ask for it."""
    if form == "folder":
        yield f"{place.as_uri()}/", {}
        return
    if form == "list":
        (place / "noarch/repodata_shards.msgpack.zst").unlink()
    with Server(place) as server:
        none = {server.url: RepodataFormats(sharded=False)}
        yield f"{server.url}/", {"repodata_by_prefix": none} if "wanted" in form else {}


def solved(url: str, access: ChannelAccess, *specs: str, **more: Any) -> dict[str, CondaRecord]:
    request = SolveRequest(
        specs=specs, channels=(url,), subdir="linux-64", virtual_packages=VIRTUAL, **more
    )
    return {record.name: record for record in solve(request, access)}


@pytest.mark.parametrize("form", FORMS)
def test_a_wheel_is_found_in_each_form(place: Path, tmp_path: Path, form: str) -> None:
    with served(place, form) as (url, network):
        access = ChannelAccess(settings(tmp_path / "cache", **network))
        found = solved(url, access, "seven", "plain")
        assert set(found) == {"seven", "plain", "python"}
        seven = found["seven"]
        assert seven.location.endswith(f"/noarch/{WHEEL}")
        assert (seven.noarch, seven.depends, seven.file_name) == (
            "python",
            ("python",),
            "seven-1.0-py3_none_any_0.whl",
        )
        assert seven.sha256 is not None
        (row,) = find_records("sev*", [url], ["linux-64", "noarch"], access)
        assert row.row["url"] == f"{url}noarch/{WHEEL}"
        assert known_names([url], "linux-64", access) == {"seven", "plain", "python"}
    offline = ChannelAccess(settings(tmp_path / "cache", **network | {"offline": True}))
    assert find_records("seven", [url], ["noarch"], offline)


@pytest.mark.parametrize("form", FORMS)
def test_cut_offs_hold_for_it_in_each_form(place: Path, tmp_path: Path, form: str) -> None:
    with served(place, form) as (url, network):
        access = ChannelAccess(settings(tmp_path / "cache", **network))
        cutoffs = ExcludeNewer(packages={"seven": datetime(2023, 1, 1, tzinfo=UTC)})
        assert "seven" in solved(url, access, "seven")
        with pytest.raises(SolveError, match="failed to solve") as refusal:
            solved(url, access, "seven", exclude_newer=cutoffs)
        assert refusal.value.hints == ("`exclude-newer` leaves out newer builds of seven",)
        later = replace(cutoffs, packages={"seven": datetime(2024, 1, 1, tzinfo=UTC)})
        assert "seven" in solved(url, access, "seven", exclude_newer=later)


@pytest.mark.parametrize("form", FORMS[1:])
def test_of_one_build_a_wheel_stands_between_the_two_archives(
    place: Path, tmp_path: Path, form: str
) -> None:
    file = place / "noarch/repodata.json"
    whole = json.loads(file.read_bytes())
    (archive,) = [row for row in whole["packages.conda"].values() if row["name"] == "plain"]
    build = archive["build"]
    for name in ("plain", "old"):
        wheel = make_wheel(place / "noarch", name)
        listed = list_wheel(place, wheel, build=build, noarch="generic")
        assert listed["name"] == name
    whole = json.loads(file.read_bytes())
    wheels = whole["v3"]["whl"]
    for key in [key for key in wheels if key.startswith(("plain", "old"))]:
        row = wheels.pop(key)
        wheels[f"{row['name']}-1.0-{build}"] = row
    whole["packages"] = {f"old-1.0-{build}.tar.bz2": archive | {"name": "old"}}
    file.write_text(json.dumps(whole))
    (place / "noarch/repodata.json.zst").unlink()
    with served(place, form) as (url, network):
        access = ChannelAccess(settings(tmp_path / "cache", **network))
        found = solved(url, access, "plain", "old")
        assert found["plain"].location.endswith(".conda")
        assert found["old"].location.endswith(".whl")


def test_a_channel_without_wheels_is_left_to_the_gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = channel(tmp_path / "chan", [tiny("plain")])
    looks: list[int] = []
    look = wheel_listings._names_wheels

    def counted(text: mmap) -> bool:
        looks.append(len(text))
        return look(text)

    monkeypatch.setattr(wheel_listings, "_names_wheels", counted)
    access = ChannelAccess(settings(tmp_path / "cache"))
    url = f"{place.as_uri()}/"
    for _ in range(2):
        assert "plain" in solved(url, access, "plain")
    assert not access.lists
    assert len(looks) == 2


def test_a_list_that_is_gone_meanwhile_is_left_to_the_gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = channel(tmp_path / "chan", [tiny("plain")])
    look = list_looks.found_in

    def late(file: Path, *rest: Any) -> bool:
        file.unlink()
        return look(file, *rest)

    monkeypatch.setattr(wheel_listings, "found_in", late)
    access, platforms = ChannelAccess(settings(tmp_path / "cache")), [Subdir("noarch")]
    (source,) = asyncio.run(wheel_listings.sources_of([place.as_uri()], platforms, access))
    assert isinstance(source, Channel)


def test_a_large_list_is_looked_through_once_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_looks, "_LARGE", 10)
    place = channel(tmp_path / "chan", [tiny("plain")])
    cache = tmp_path / "cache"
    url = f"{place.as_uri()}/"

    noted: list[Path] = []
    note = list_looks.remember

    def counted(file: Path, stamp: str) -> None:
        noted.append(file)
        note(file, stamp)

    monkeypatch.setattr(list_looks, "remember", counted)
    for _ in range(2):
        solved(url, ChannelAccess(settings(cache)), "plain")
        assert len(noted) == len(set(noted)) == 6  # three of each of two lists
    list_wheel(place, make_wheel(place / "noarch", "seven"))
    assert "seven" in solved(url, ChannelAccess(settings(cache)), "seven")
