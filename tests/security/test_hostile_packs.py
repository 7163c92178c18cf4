"""Packs of strangers: whatever leads elsewhere, or is not what it says, ends the unpacking."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tiny import tiny
from tests.unit.wheelhouse import make_wheel
from tests.web import Answer, Web
from wisp.api.packing import unpacking
from wisp.api.packing.unpacking import UnpackRequest
from wisp.api.session import Session
from wisp.engine.archives import ArchiveStore, fetch_archives
from wisp.engine.records import from_row
from wisp.engine.safe.root import ForeignLinkError
from wisp.errors import InstallError, UsageError, WispError
from wisp.report import SILENT
from wisp.specs.inside import UnsafePathError
from wisp.specs.records import CondaRecord

GOOD = tiny("good", "1.0").pack()
FILE = "good-1.0-0.conda"

Members = list[tuple[tarfile.TarInfo, bytes]]


def member(name: str, content: bytes = b"", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in fields.items():
        setattr(info, key, value)
    return info, content


def row(**changes: Any) -> dict[str, Any]:
    found = {
        "name": "good",
        "version": "1.0",
        "build": "0",
        "build_number": 0,
        "subdir": "noarch",
        "noarch": "generic",
        "depends": [],
        "sha256": hashlib.sha256(GOOD).hexdigest(),
    } | changes
    return {key: value for key, value in found.items() if value is not None}


def repodata(rows: dict[str, Any]) -> tuple[tarfile.TarInfo, bytes]:
    return member("channel/noarch/repodata.json", json.dumps({"packages.conda": rows}).encode())


def metadata(**changes: Any) -> tuple[tarfile.TarInfo, bytes]:
    table = {"version": "1", "platform": "linux-64"} | changes
    return member("pixi-pack.json", json.dumps(table).encode())


def whole(**changes: Any) -> Members:
    archive = member(f"channel/noarch/{FILE}", GOOD)
    return [metadata(), member("channel/noarch/", type=tarfile.DIRTYPE), archive,
            repodata({FILE: row(**changes)})]  # fmt: skip


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> Members:
    return [member(name, type=kind, linkname=target)]


CASES: dict[str, Callable[[], Members]] = {
    "a path that leads up": lambda: [*whole(), member("channel/../../../out", b"x")],
    "an absolute path": lambda: [*whole(), member("/tmp/out", b"x")],
    "a control character": lambda: [*whole(), member("channel/noarch/a\x1bb", b"x")],
    "a symbolic link": lambda: [*whole(), *link("channel/noarch/x.conda", "/etc/passwd")],
    "a link for a folder": lambda: [*link("channel", "/tmp"), *whole()],
    "a hard link": lambda: [*whole(), *link("pypi/x", f"channel/noarch/{FILE}", tarfile.LNKTYPE)],
    "a device": lambda: [*whole(), member("channel/noarch/zero", type=tarfile.CHRTYPE)],
    "a pipe": lambda: [*whole(), member("pixi", type=tarfile.FIFOTYPE)],
    "a file twice": lambda: [*whole(), member(f"channel/noarch/{FILE}", b"x")],
    "no metadata": lambda: whole()[1:],
    "metadata that is none": lambda: [member("pixi-pack.json", b"[1]"), *whole()[1:]],
    "a later format": lambda: [metadata(version="2"), *whole()[1:]],
    "another platform": lambda: [metadata(platform="win-64"), *whole()[1:]],
    "a platform that is none": lambda: [metadata(platform=7), *whole()[1:]],
    "a digest of wheels that is no table": lambda: [metadata(wisp=[1]), *whole()[1:]],
    "a wheel that is missing": lambda: [metadata(wisp={"wheels": {"a.whl": "00"}}), *whole()[1:]],
    "no repodata": lambda: whole()[:-1],
    "repodata that is none": lambda: [*whole()[:-1], member("channel/noarch/repodata.json", b"{")],
    "repodata too deep": lambda: [
        *whole()[:-1],
        member("channel/noarch/repodata.json", b"[" * 100_000),
    ],
    "another digest": lambda: whole(sha256="00" * 32),
    "no digest at all": lambda: whole(sha256=None),
    "a package of another subdir": lambda: whole(subdir="linux-64"),
    "a version that leads elsewhere": lambda: whole(version="../../../x"),
    "a name that leads elsewhere": lambda: whole(name="../x"),
    "site-packages elsewhere": lambda: whole(python_site_packages_path="../../x"),
    "a record without a file": lambda: [
        *whole()[:-1],
        repodata({FILE: row(), "b-1-0.conda": row()}),
    ],
    "a file without a record": lambda: [*whole(), member("channel/noarch/b-1-0.conda", b"x")],
    "two packages of a name": lambda: [
        *whole()[:-1],
        member("channel/noarch/good-2.0-0.conda", GOOD),
        repodata({FILE: row(), "good-2.0-0.conda": row(version="2.0")}),
    ],
    "a wheel that is none": lambda: [*whole(), member("pypi/odd.whl", b"x")],
    "an archive that is none": lambda: [
        metadata(),
        member(f"channel/noarch/{FILE}", b"PK odd"),
        repodata({FILE: row(sha256=hashlib.sha256(b"PK odd").hexdigest())}),
    ],
}


def written(path: Path, members: Members) -> Path:
    with tarfile.open(path, "w") as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def session(tmp_path: Path) -> Session:
    environ = {"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    return Session.open(environ=environ, no_config=True)


def test_an_honest_pack_is_unpacked(tmp_path: Path, session: Session) -> None:
    file = written(tmp_path / "a.tar", whole())
    made = session.unpack(UnpackRequest(file=file, output=tmp_path / "out"))
    assert (made.prefix / "share/good.txt").read_text() == "good 1.0\n"
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["activate.sh", "env"]


def test_an_environment_that_stands_has_its_script_and_no_draft_beside_it(
    tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is killed once the environment stands has written all that it needs."""
    file, out = written(tmp_path / "a.tar", whole()), tmp_path / "out"
    standing: list[list[str]] = []
    replace = Path.replace

    def replaced(self: Path, target: Path) -> Path:
        made = replace(self, target)
        if target == out / "env":
            standing.append(sorted(one.name for one in out.iterdir() if one.name[0] != "."))
        return made

    monkeypatch.setattr(Path, "replace", replaced)
    session.unpack(UnpackRequest(file=file, output=out))
    assert standing == [["activate.sh", "env"]]
    (out / ".env.unpacking-x" / "made").mkdir(parents=True)
    with pytest.raises(UsageError, match="there already"):
        session.unpack(UnpackRequest(file=file, output=out))
    assert sorted(one.name for one in out.iterdir()) == ["activate.sh", "env"]


def test_where_an_environment_is_made_in_its_place_a_failure_touches_no_script(
    tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on anything but Linux: the script there may be that of another environment."""

    def fail(*_: object) -> None:
        raise InstallError("no")

    monkeypatch.setattr(unpacking, "runnable_subdirs", lambda _: ("osx-arm64",))
    monkeypatch.setattr(unpacking, "install_at", fail)
    file = written(tmp_path / "a.tar", [metadata(platform="osx-arm64"), *whole()[1:]])
    script = tmp_path / "out" / "activate.sh"
    script.parent.mkdir()
    script.write_text("another's")
    with pytest.raises(InstallError, match="no"):
        session.unpack(UnpackRequest(file=file, output=script.parent))
    assert script.read_text() == "another's"
    monkeypatch.setattr(unpacking, "install_at", lambda *_: None)
    session.unpack(UnpackRequest(file=file, output=script.parent))
    assert "CONDA_PREFIX" in script.read_text()


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_pack_is_refused_and_leaves_nothing(
    case: str, tmp_path: Path, session: Session
) -> None:
    file = written(tmp_path / "a.tar", CASES[case]())
    before = set(tmp_path.rglob("*"))
    with pytest.raises(WispError):
        session.unpack(UnpackRequest(file=file, output=tmp_path / "out"))
    left = set(tmp_path.rglob("*")) - before - {tmp_path / "out"}
    assert left == set()


def test_a_wheel_has_to_be_the_one_that_the_pack_names(tmp_path: Path, session: Session) -> None:
    wheel = make_wheel(tmp_path, "one")
    named = metadata(wisp={"wheels": {wheel.name: "00" * 32}})
    file = written(
        tmp_path / "a.tar",
        [named, *whole()[1:], member(f"pypi/{wheel.name}", wheel.read_bytes())],
    )
    with pytest.raises(WispError, match="does not have the digest"):
        session.unpack(UnpackRequest(file=file, output=tmp_path / "out"))


def test_other_plain_files_are_passed_over(tmp_path: Path, session: Session) -> None:
    file = written(tmp_path / "a.tar", [*whole(), member("notes/readme.txt", b"x")])
    made = session.unpack(UnpackRequest(file=file, output=tmp_path / "out"))
    assert not list((tmp_path / "out").rglob("readme.txt"))
    assert made.packages[0].name == "good"


def test_what_is_no_archive_is_said(tmp_path: Path, session: Session) -> None:
    for content in (b"", b"text", b"\x1f\x8b broken"):
        (tmp_path / "a.tar").write_bytes(content)
        with pytest.raises(WispError):
            session.unpack(UnpackRequest(file=tmp_path / "a.tar", output=tmp_path / "out"))
    with pytest.raises(WispError):
        session.unpack(UnpackRequest(file=tmp_path, output=tmp_path / "out"))


@pytest.mark.parametrize(
    ("name", "subdir"), [("../../../out.conda", "noarch"), ("x.conda", "../../out"), (None, "..")]
)
def test_a_lock_cannot_lead_a_download_out_of_its_folder(
    name: str | None, subdir: str, tmp_path: Path, session: Session
) -> None:
    record = CondaRecord(
        location="https://x.org/noarch/..%2F..%2Fx.conda" if name is None else "https://x.org/x",
        name="x",
        version="1",
        build="0",
        build_number=0,
        subdir=subdir,
        file_name=name,
    )
    store = ArchiveStore(folder=tmp_path / "a/b/c", root=tmp_path, cache=tmp_path / "a/b/cache")
    with pytest.raises(UnsafePathError):
        fetch_archives([record], store, session.channels, session.http, SILENT)
    assert not (tmp_path / "a").exists()


def test_what_a_folder_keeps_of_archives_is_not_written_through_a_link_in_it(
    tmp_path: Path, session: Session
) -> None:
    victim, cache = tmp_path / "victim", tmp_path / "cache"
    victim.mkdir()
    cache.mkdir()
    (cache / "noarch").symlink_to(victim)
    with Web(lambda _: Answer(body=GOOD)) as web:
        record = from_row({**row(), "url": f"{web.url}/noarch/{FILE}", "fn": FILE, "channel": None})
        store = ArchiveStore(folder=tmp_path / "made", root=tmp_path, cache=cache)
        with pytest.raises(ForeignLinkError):
            fetch_archives([record], store, session.channels, session.http, SILENT)
    assert list(victim.iterdir()) == []
