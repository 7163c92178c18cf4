"""Packages and records that name paths outside of the prefix: refused, and nothing is written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tiny import VIRTUAL, all_of, channel, settings, tiny
from tests.trees import content, differences
from tests.web import Answer, Asked, Web
from tools.forge.archive import Entry, Package, text
from wisp.engine.conda_installation import CondaInstallation
from wisp.engine.gateway import ChannelAccess
from wisp.engine.installer import check_sources, install_conda
from wisp.engine.safe.packages import check_unpacked, spoil
from wisp.engine.solver import SolveRequest, solve
from wisp.errors import InstallError, WispError
from wisp.report import SILENT
from wisp.specs.inside import UnsafePathError
from wisp.specs.records import CondaRecord

LISTED = "victim/planted"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A prefix deep in a folder, beside a file that nobody may touch; checked at the end."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "secret").write_text("mine")
    before = content(victim)
    yield tmp_path / "1" / "2" / "3" / "4" / "prefix"
    assert differences(before, content(victim)) == []


def records_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, listed: dict[str, Any], *files: Entry
) -> tuple[list[CondaRecord], ChannelAccess]:
    """Make a channel with a package whose `paths.json` says for `LISTED` what is `listed`."""
    original = Entry.as_path_json

    def lying(entry: Entry) -> dict[str, Any]:
        return original(entry) | (listed if entry.path == LISTED else {})

    monkeypatch.setattr(Entry, "as_path_json", lying)
    evil = tiny("evil", files=(text(LISTED, "planted"), *files))
    folder = channel(tmp_path / "channel", [evil, tiny("good")])
    access = ChannelAccess(settings(tmp_path / "cache"))
    request = SolveRequest(
        channels=(str(folder),),
        specs=("evil", "good"),
        subdir="linux-64",
        virtual_packages=VIRTUAL,
    )
    return list(solve(request, access)), access


def install(records: list[CondaRecord], access: ChannelAccess, prefix: Path) -> None:
    request = CondaInstallation(records=tuple(records), prefix=prefix, subdir="linux-64")
    install_conda(request, access, SILENT)


DEEP = Entry("sub", link="a/b/c/d/e/f")
BELOW = text("a/b/c/d/e/f/keep", "x")
ATTACKS: dict[str, tuple[str, tuple[Entry, ...]]] = {
    "through a link and up again": ("sub/../../../../../../victim/planted", (DEEP, BELOW)),
    "plain dots": ("../../../../../victim/planted", ()),
    "absolute": ("/victim/planted", ()),
    "behind a link of its own": ("folder/secret", (Entry("folder", link="victim"),)),
    "a drive": ("C:/victim/planted", ()),
    "a line break": ("bin/a\nb", ()),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_package_that_leads_elsewhere_is_refused_again_and_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Path, attack: str
) -> None:
    path, files = ATTACKS[attack]
    if path.startswith("/"):
        path = f"{tmp_path}{path}"
    records, access = records_of(monkeypatch, tmp_path, {"_path": path}, *files)
    for _ in range(2):
        with pytest.raises(InstallError, match=r"evil-1\.0-0.*refused"):
            install(records, access, place)
        assert not (place / "conda-meta" / "evil-1.0-0.json").exists()
    # Another program that shares the cache, or this one later, does not find it whole either.
    with pytest.raises(InstallError):
        install(records, ChannelAccess(settings(tmp_path / "cache")), place)


def test_of_several_bad_packages_the_first_in_order_is_told_however_they_raced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Path
) -> None:
    original = Entry.as_path_json

    def lying(entry: Entry) -> dict[str, Any]:
        evil = entry.path.startswith("victim/")
        return original(entry) | ({"_path": "../../../../../victim/planted"} if evil else {})

    monkeypatch.setattr(Entry, "as_path_json", lying)
    names = [f"evil-{letter}" for letter in "abcdefgh"]
    packages = [tiny(name, files=(text(f"victim/{name}", "planted"),)) for name in names]
    folder = channel(tmp_path / "channel", [*packages, tiny("good")])
    request = SolveRequest(
        channels=(str(folder),), specs=(*names, "good"), subdir="linux-64", virtual_packages=VIRTUAL
    )
    records = solve(request, ChannelAccess(settings(tmp_path / "cache")))
    ordered = sorted(records, key=lambda row: row.name, reverse=True)
    for number in range(3):
        access = ChannelAccess(settings(tmp_path / f"cache-{number}"))
        with pytest.raises(InstallError, match=r"evil-h-1\.0-0.*refused"):
            install(ordered, access, place)


#: What is said of a link to a file of the user's, which would be copied, or read.
COPIED: dict[str, dict[str, Any]] = {
    "as a text to be told the prefix": {"prefix_placeholder": "/x", "file_mode": "text"},
    "as a link to be told the prefix": {"path_type": "softlink", "prefix_placeholder": "/x"},
    "as a file": {"path_type": "hardlink"},
    "as a link to be copied": {"path_type": "softlink", "no_link": True},
    "without a kind": {"path_type": None},
}


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("said", COPIED)
def test_a_file_of_the_users_is_not_copied_into_a_prefix(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Path, said: str, cached: bool
) -> None:
    link = Entry("share/x", link=str(tmp_path / "victim" / "secret"))
    original = Entry.as_path_json
    lie = {"path_type": "hardlink", **COPIED[said]}
    monkeypatch.setattr(
        Entry,
        "as_path_json",
        lambda entry: original(entry) | (lie if entry.path == "share/x" else {}),
    )
    made = channel(tmp_path / "channel", [tiny("evil", files=(link,))])
    access = ChannelAccess(settings(tmp_path / "cache"))
    records = list(all_of(made, access))
    with pytest.raises(InstallError, match=r"evil-1\.0-0.*refused"):
        install(records, access, place)
    if cached:  # by a program that does not look
        unpacked = access.settings.caches.conda_packages / "evil-1.0-0" / "info" / "paths.json"
        unpacked.write_text(json.dumps({"paths": [link.as_path_json()], "paths_version": 1}))
        with pytest.raises(InstallError, match=r"evil-1\.0-0.*refused"):
            install(records, ChannelAccess(settings(tmp_path / "cache")), place)
    assert not (place / "share" / "x").exists()


EMPTY = {"paths": [], "paths_version": 1}
#: What stands where the record of a package would, which is not linked.
PLANTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "no JSON": lambda _: "garbage",
    "a record of another package": lambda row: json.dumps(row | {"name": "other"}),
    "a record of another digest": lambda row: json.dumps(row | {"sha256": "0" * 64}),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_stands_in_place_of_a_record_saves_no_package_a_look(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Path, kind: str
) -> None:
    """rattler links a package that is in the cache before it tells that it does."""
    link = Entry("share/x", link=str(tmp_path / "victim" / "secret"))
    made = channel(tmp_path / "channel", [tiny("evil", files=(link,)), tiny("good")])
    access = ChannelAccess(settings(tmp_path / "cache"))
    records = list(all_of(made, access))
    install(records, access, tmp_path / "earlier")
    record = tmp_path / "earlier" / "conda-meta" / "evil-1.0-0.json"
    unpacked = access.settings.caches.conda_packages / "evil-1.0-0" / "info" / "paths.json"
    listed = link.as_path_json() | {"path_type": "hardlink"}  # by a program that does not look
    unpacked.write_text(json.dumps({"paths": [listed], "paths_version": 1}))
    planted = place / "conda-meta" / record.name
    planted.parent.mkdir(parents=True)
    row = json.loads(record.read_text()) | {"files": [], "paths_data": EMPTY}
    planted.write_text(PLANTED[kind](row))
    install(records, ChannelAccess(settings(tmp_path / "cache")), place)  # fetched anew
    assert (place / "share" / "x").is_symlink()
    assert json.loads(planted.read_text())["sha256"] == row["sha256"]


@pytest.mark.parametrize("kind", PLANTED)
def test_what_stands_in_place_of_a_record_saves_no_archive_its_digest(
    tmp_path: Path, place: Path, kind: str
) -> None:
    made = channel(tmp_path / "channel", [tiny("good")])
    access = ChannelAccess(settings(tmp_path / "cache"))
    records = list(all_of(made, access))
    install(records, access, tmp_path / "earlier")
    record = tmp_path / "earlier" / "conda-meta" / "good-1.0-0.json"
    row = json.loads(record.read_text()) | {"files": [], "paths_data": EMPTY}
    other = channel(tmp_path / "other", [tiny("good", files=(text("share/x", "planted"),))])
    archive = "noarch/good-1.0-0.conda"
    (made / archive).write_bytes((other / archive).read_bytes())
    planted = place / "conda-meta" / record.name
    planted.parent.mkdir(parents=True)
    planted.write_text(PLANTED[kind](row))
    access = ChannelAccess(settings(tmp_path / "anew"))
    request = CondaInstallation(records=tuple(records), prefix=place, subdir="linux-64")
    with pytest.raises(WispError, match="does not have the hash"):
        install_conda(request, access, SILENT, check_sources(request, access))
    assert not (place / "share").exists()


def test_a_package_does_not_describe_itself_in_a_link(tmp_path: Path) -> None:
    info = tmp_path / "a-1-0" / "info"
    info.mkdir(parents=True)
    (info / "paths.json").write_text('{"paths": []}')
    check_unpacked(str(info.parent))
    (info / "index.json").symlink_to("/dev/zero")
    with pytest.raises(UnsafePathError, match="describes itself in a link"):
        check_unpacked(str(info.parent))
    (info / "index.json").unlink()
    (info / "paths.json").write_text('{"paths": [{"_path": "x", "path_type": "hardlink"}]}')
    (info.parent / "x").symlink_to("/dev/zero")
    with pytest.raises(UnsafePathError, match="calls `x` a file, which it is not"):
        check_unpacked(str(info.parent))


def test_a_package_does_not_describe_itself_in_a_folder_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "paths.json").write_text('{"paths": []}')
    package = tmp_path / "a-1-0"
    package.mkdir()
    (package / "info").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafePathError, match="describes itself in a link"):
        check_unpacked(str(package))


@pytest.mark.parametrize("link", ["info", "info/paths.json"])
def test_a_refusal_is_not_written_through_a_link(tmp_path: Path, link: str) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "paths.json").write_text("mine")
    package = tmp_path / "a-1-0"
    (package / link).parent.mkdir(parents=True)
    (package / link).symlink_to(victim if link == "info" else victim / "paths.json")
    spoil(package)
    assert (victim / "paths.json").read_text() == "mine"
    with pytest.raises(UnsafePathError, match="no readable list"):
        check_unpacked(str(package))


def test_a_link_is_found_whatever_its_name_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "a-1-0"
    (package / "info").mkdir(parents=True)
    (package / "info" / "paths.json").write_text(
        json.dumps({"paths": [{"_path": "LIB/A", "path_type": "hardlink"}]})
    )
    (package / "lib").mkdir()
    (package / "lib" / "a").symlink_to(tmp_path)
    check_unpacked(str(package))
    for call in (os.lstat, os.readlink):  # as a file system that knows no case
        monkeypatch.setattr(os, call.__name__, _without_case(call))
    with pytest.raises(UnsafePathError, match="`LIB/A` a file, which it is not"):
        check_unpacked(str(package))


def _without_case(call: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda path: call(str(path).replace("LIB", "lib").replace("/A", "/a"))


def test_a_link_to_a_file_of_the_same_package_may_be_called_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Path
) -> None:
    said = text("", "x").as_path_json()  # with the digest of what the link leads to
    monkeypatch.setattr(Entry, "as_path_json", lambda entry: said | {"_path": entry.path})
    files = (text("lib/a.1", "x"), Entry("lib/a", link="a.1"))
    made = channel(tmp_path / "channel", [tiny("good", files=files)])
    access = ChannelAccess(settings(tmp_path / "cache"))
    monkeypatch.undo()
    install(list(all_of(made, access)), access, place)
    assert (place / "lib" / "a").read_text() == "x"


def test_an_honest_package_is_linked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Path
) -> None:
    records, access = records_of(monkeypatch, tmp_path, {}, DEEP, BELOW)
    install(records, access, place)
    assert (place / LISTED).read_text() == "planted"
    assert (place / "sub" / "keep").read_text() == "x"


@pytest.mark.parametrize("key", ["files", "paths_data"])
@pytest.mark.parametrize("path", ["../../../../../victim/secret", "bin/../../x", "{victim}/secret"])
def test_a_planted_record_removes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Path, key: str, path: str
) -> None:
    records, access = records_of(monkeypatch, tmp_path, {})
    install(records, access, place)
    path = path.replace("{victim}", str(tmp_path / "victim"))
    record = json.loads((place / "conda-meta" / "good-1.0-0.json").read_text())
    row = {"_path": path, "path_type": "hardlink"}
    record |= {"name": "planted", "fn": "planted-1.0-0.conda"}
    record |= {key: [path] if key == "files" else {"paths_version": 1, "paths": [row]}}
    (place / "conda-meta" / "planted-1.0-0.json").write_text(json.dumps(record))
    with pytest.raises(InstallError, match="no package made"):
        install(records[:1], access, place)


@pytest.mark.parametrize("path", ["../../victim", "/etc", "lib/../../x"])
def test_a_channel_may_not_say_where_site_packages_lie_outside(tmp_path: Path, path: str) -> None:
    folder = channel(tmp_path / "channel", [tiny("python", "3.12", site_packages=path)])
    request = SolveRequest(
        channels=(str(folder),), specs=("python",), subdir="linux-64", virtual_packages=VIRTUAL
    )
    with pytest.raises(WispError, match="leads elsewhere"):
        solve(request, ChannelAccess(settings(tmp_path / "cache")))


@pytest.mark.parametrize("path", ["conda-meta", "bin", "etc/conda/activate.d", "site-packages/x"])
def test_modules_of_python_become_no_records_programs_or_scripts(tmp_path: Path, path: str) -> None:
    folder = channel(tmp_path / "channel", [tiny("python", "3.12", site_packages=path)])
    request = SolveRequest(channels=(str(folder),), specs=("python",), subdir="linux-64")
    with pytest.raises(WispError, match="no `site-packages`"):
        solve(request, ChannelAccess(settings(tmp_path / "cache")))


@pytest.mark.parametrize(
    ("base", "told"), [("http://[::1]:99999/", "nothing can lie"), (None, "leads elsewhere")]
)
def test_what_a_channel_says_of_its_places_is_an_error_in_words(
    tmp_path: Path, base: str | None, told: str
) -> None:
    file = channel(tmp_path / "channel", [tiny("good")]) / "noarch" / "repodata.json"
    table = json.loads(file.read_bytes())
    if base is None:
        table["packages.conda"]["good-1.0-0.conda"]["subdir"] = "../../x"
    else:
        table["info"]["base_url"] = base
    body = json.dumps(table | {"repodata_version": 2}).encode()
    answers = {"/channel/noarch/repodata.json": Answer(body=body)}
    with Web(lambda asked: answers.get(asked.path, Answer(404))) as web:
        request = SolveRequest(channels=(f"{web.url}/channel",), specs=("good",), subdir="linux-64")
        with pytest.raises(WispError, match=told):
            solve(request, ChannelAccess(settings(tmp_path / "cache")))


@pytest.mark.parametrize("name", ["a\nb", "../a", "a\x1b", "."])
def test_a_command_of_a_package_is_a_plain_file(tmp_path: Path, place: Path, name: str) -> None:
    python = tiny("python", "3.12", site_packages="lib/python3.12/site-packages")
    evil = Package(
        name="evil",
        version="1.0",
        noarch="python",
        depends=("python",),
        entry_points=(f"{name} = x:main",),
        files=(text("site-packages/x.py", ""),),
    )
    access = ChannelAccess(settings(tmp_path / "cache"))
    records = all_of(channel(tmp_path / "channel", [python, evil]), access)
    with pytest.raises(InstallError, match=r"refused|link\.json"):
        install(list(records), access, place)
    assert not (place / "conda-meta" / "evil-1.0-0.json").exists()


def test_a_channel_of_the_web_names_no_file_of_this_machine(tmp_path: Path) -> None:
    folder = channel(tmp_path / "channel", [tiny("good")])

    def answer(asked: Asked) -> Answer:
        file = tmp_path / asked.path.lstrip("/")
        if not asked.path.endswith("repodata.json") or not file.is_file():
            return Answer(404)
        table = json.loads(file.read_bytes())
        table["info"]["base_url"] = f"{folder.as_uri()}/noarch/"
        return Answer(body=json.dumps(table | {"repodata_version": 2}).encode())

    with Web(answer) as web:
        request = SolveRequest(channels=(f"{web.url}/channel",), specs=("good",), subdir="linux-64")
        with pytest.raises(WispError, match="on this machine"):
            solve(request, ChannelAccess(settings(tmp_path / "cache")))
