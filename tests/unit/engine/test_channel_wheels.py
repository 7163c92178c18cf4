"""Wheels that channels list are linked as conda packages: verified, judged, at their places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.channel_wheels import list_wheel
from tests.tiny import VIRTUAL, channel, settings, tiny
from tests.unit.wheelhouse import damaged_wheel, make_wheel
from tools.forge.serve import Server
from wisp.engine.conda_installation import CondaInstallation
from wisp.engine.gateway import ChannelAccess
from wisp.engine.installer import check_sources, install_conda
from wisp.engine.solver import SolveRequest, solve
from wisp.engine.wheels import installed_wheels
from wisp.errors import FetchError, InstallError, WispError
from wisp.specs.inside import UnsafePathError
from wisp.specs.records import CondaRecord
from wisp.values import replace

DATA = "seven-1.0.data"
INFO = "seven-1.0.dist-info"
PARTS = {
    f"{DATA}/scripts/say": "#!python -I\nprint(7)\n",
    f"{DATA}/scripts/tell": "#!/bin/sh\necho 7\n",
    f"{DATA}/purelib/pure.py": "",
    f"{DATA}/platlib/built.py": "",
    f"{DATA}/data/share/seven.txt": "7",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return channel(tmp_path / "chan", [tiny("python", "3.12.0")])


@pytest.fixture
def server(place: Path) -> Iterator[Server]:
    with Server(place) as running:
        yield running


def listed(place: Path, more: dict[str, str] | None = None, **record: Any) -> None:
    wheel = make_wheel(
        place / "noarch", "seven", scripts=("seven = seven:main [extra]",), more=more or PARTS
    )
    list_wheel(place, wheel, "python", **record)


def solved(server: Server, cache: Path) -> tuple[CondaRecord, ...]:
    request = SolveRequest(
        specs=("seven",), channels=(f"{server.url}/",), subdir="linux-64", virtual_packages=VIRTUAL
    )
    return solve(request, ChannelAccess(settings(cache)))


def install(records: tuple[CondaRecord, ...], prefix: Path, cache: Path, **network: Any) -> None:
    request = CondaInstallation(records=records, prefix=prefix, subdir="linux-64")
    access = ChannelAccess(settings(cache, **network))
    check_sources(request, access)
    install_conda(request, access)


def asked(server: Server) -> int:
    return sum(one.endswith(".whl") for one in server.requests)


def test_each_part_of_a_wheel_has_its_place(place: Path, server: Server, tmp_path: Path) -> None:
    listed(place)
    prefix = tmp_path / "p"
    install(solved(server, tmp_path / "cache"), prefix, tmp_path / "cache")
    site = prefix / "lib/python3.12/site-packages"
    assert {"seven.py", "pure.py", "built.py", INFO} <= {path.name for path in site.iterdir()}
    assert (prefix / "share/seven.txt").read_text() == "7"
    assert (prefix / "bin/say").read_text() == f"#!{prefix}/bin/python -I\nprint(7)\n"
    assert (prefix / "bin/tell").read_text() == "#!/bin/sh\necho 7\n"
    assert "from seven import main" in (prefix / "bin/seven").read_text()
    assert all((prefix / "bin" / name).stat().st_mode & 0o100 for name in ("say", "tell", "seven"))
    (wheel,) = installed_wheels(prefix)
    assert (wheel.name, wheel.version, wheel.installer) == ("seven", "1.0", "conda")
    record = (site / INFO / "RECORD").read_text()
    assert "seven.py,sha256=" in record
    assert "../../../bin/say,,\n" in record
    assert "../../../share/seven.txt,sha256=" in record
    meta = json.loads(next(prefix.glob("conda-meta/seven-*.json")).read_bytes())
    assert meta["url"] == f"{server.url}/noarch/seven-1.0-py3-none-any.whl"
    assert "bin/seven" in meta["files"]


def test_it_is_fetched_once_and_then_works_offline(
    place: Path, server: Server, tmp_path: Path
) -> None:
    listed(place)
    cache = tmp_path / "cache"
    records = solved(server, cache)
    with pytest.raises(FetchError, match="not in the package cache"):
        install(records, tmp_path / "a", cache, offline=True)
    install(records, tmp_path / "b", cache)
    install(records, tmp_path / "c", cache)
    install(records, tmp_path / "d", cache, offline=True)
    assert (tmp_path / "d/bin/seven").exists()
    assert asked(server) == 1
    # What takes its place under the same name is another package, which is fetched anew.
    listed(place, {f"{DATA}/data/share/seven.txt": "8"})
    install(solved(server, tmp_path / "other"), tmp_path / "e", cache)
    assert (tmp_path / "e/share/seven.txt").read_text() == "8"
    assert asked(server) == 2


def test_a_wheel_that_lies_here_needs_no_network(
    place: Path, server: Server, tmp_path: Path
) -> None:
    listed(place)
    path = str(place / "noarch/seven-1.0-py3-none-any.whl")
    python, seven = solved(server, tmp_path / "cache")
    records = (python, replace(seven, location=path, channel=None))
    install(records, tmp_path / "p", tmp_path / "cache")
    assert not asked(server)
    Path(path).write_bytes(b"")
    with pytest.raises(FetchError, match="does not have the hash"):
        install(records, tmp_path / "q", tmp_path / "new")


#: What is wrong with a wheel or its record, and what is said.
FAULTS: dict[str, tuple[dict[str, str], dict[str, Any], type[WispError], str]] = {
    "another hash": ({}, {"sha256": b"\1" * 32}, FetchError, "does not have the hash"),
    "no hash": ({}, {"sha256": None}, InstallError, "nothing vouches"),
    "for a machine": ({}, {"noarch": None}, InstallError, "not for any machine"),
    "outside": ({"../../out": "x"}, {}, UnsafePathError, "leads elsewhere"),
    "data outside": ({f"{DATA}/data/../../out": "x"}, {}, UnsafePathError, "leads elsewhere"),
    "a record of conda": (
        {f"{DATA}/data/conda-meta/python-3.12.0-0.json": "{}"},
        {},
        InstallError,
        "not a package's to write",
    ),
    "headers": ({f"{DATA}/headers/seven.h": ""}, {}, InstallError, "has no place"),
    "a command outside": (
        {f"{INFO}/entry_points.txt": "[gui_scripts]\n../../out = seven:main\n"},
        {},
        InstallError,
        "leads elsewhere",
    ),
    "no entry points": (
        {f"{INFO}/entry_points.txt": "no section"},
        {},
        InstallError,
        "entry points cannot be read",
    ),
    "two descriptions": ({"six-1.0.dist-info/WHEEL": ""}, {}, InstallError, "not one folder"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wheel_that_is_not_right_is_refused(
    place: Path, server: Server, tmp_path: Path, fault: str
) -> None:
    more, record, kind, word = FAULTS[fault]
    wheel = make_wheel(place / "noarch", "seven", more=more or {"a.py": ""})
    list_wheel(place, wheel, **record)
    prefix = tmp_path / "a/b/p"
    with pytest.raises(kind) as refusal:
        install(solved(server, tmp_path / "cache"), prefix, tmp_path / "cache")
    told = ": ".join([refusal.value.message, *map(str, refusal.value.causes)])
    assert word in told
    assert not list(tmp_path.rglob("out"))
    assert not list(prefix.rglob("seven*"))


@pytest.mark.parametrize("kind", ["no archive", "damaged"])
def test_what_is_no_archive_is_refused(
    kind: str, place: Path, server: Server, tmp_path: Path
) -> None:
    wheel = place / "noarch/seven-1.0-py3-none-any.whl"
    wheel.write_bytes(b"no archive")
    if kind == "damaged":
        damaged_wheel(wheel, "seven-1.0.dist-info/WHEEL")
    list_wheel(place, wheel)
    with pytest.raises(InstallError, match="cannot be installed as a conda package"):
        install(solved(server, tmp_path / "cache"), tmp_path / "p", tmp_path / "cache")
