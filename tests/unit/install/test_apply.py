from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import os
import shutil
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.tiny import all_of, ask, channel, install, locked_as, settings, tiny
from tools.forge.archive import text
from wisp.engine.gateway import ChannelAccess
from wisp.errors import FetchError, InstallError
from wisp.install.apply import EVERYTHING
from wisp.install.pypi import PypiWork
from wisp.install.selection import InstallFilter
from wisp.install.state import is_moved, lock_hash, quick_check
from wisp.report import Reporter
from wisp.specs.records import PypiRecord

FINGERPRINT = Path("conda-meta", ".pixi-environment-fingerprint")


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return channel(
        tmp_path / "main",
        [
            tiny("app", "1.0", "lib"),
            tiny("app", "2.0", "lib"),
            tiny("lib"),
            tiny("extra"),
            tiny("python", "3.12.1", files=(text("bin/python", "#!", executable=True),)),
        ],
    )


@pytest.fixture
def access(tmp_path: Path) -> ChannelAccess:
    return ChannelAccess(settings(tmp_path / "cache"))


def _tree(prefix: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        path.relative_to(prefix).as_posix(): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in prefix.rglob("*")
    }


@contextlib.contextmanager
def _serving(folder: Path) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def _packages(prefix: Path) -> list[str]:
    return sorted(file.stem for file in (prefix / "conda-meta").glob("*.json"))


def test_an_installation_holds_what_is_locked(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    prefix = tmp_path / "env"
    outcome = install(prefix, ask(main, access, "app"), access)
    assert outcome.changed
    assert outcome.selected == ("app", "lib")
    assert _packages(prefix) == ["app-2.0-0", "lib-1.0-0"]
    assert (prefix / "share" / "app.txt").read_text() == "app 2.0\n"
    assert (prefix / "conda-meta" / "pixi_env_prefix").read_text() == str(prefix / "conda-meta")
    assert (prefix / "conda-meta" / "history").read_text().startswith("//")


def test_a_second_installation_touches_nothing(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    prefix = tmp_path / "env"
    records = ask(main, access, "app")
    install(prefix, records, access)
    before = _tree(prefix)
    assert not install(prefix, records, access).changed
    assert _tree(prefix) == before


def test_extraneous_packages_leave_and_foreign_files_stay(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    prefix = tmp_path / "env"
    install(prefix, ask(main, access, "app", "extra"), access)
    mine = prefix / "share" / "mine.txt"
    mine.write_text("mine")
    install(prefix, ask(main, access, "app 1.0"), access)
    assert _packages(prefix) == ["app-1.0-0", "lib-1.0-0"]
    assert not (prefix / "share" / "extra.txt").exists()
    assert mine.read_text() == "mine"


def test_a_deleted_file_comes_back_only_by_reinstalling(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    prefix = tmp_path / "env"
    records = ask(main, access, "app")
    install(prefix, records, access)
    lost = prefix / "share" / "lib.txt"
    for reinstall, back in ((frozenset(), False), ({"app"}, False), ({"lib"}, True)):
        lost.unlink(missing_ok=True)
        install(prefix, records, access, reinstall=frozenset(reinstall))
        assert lost.exists() is back
    lost.unlink()
    install(prefix, records, access, reinstall=EVERYTHING)
    assert lost.exists()


def test_an_interrupted_installation_is_repaired(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    prefix = tmp_path / "env"
    records = ask(main, access, "app")
    install(prefix, records, access)
    wanted = (prefix / FINGERPRINT).read_text()
    (prefix / FINGERPRINT).write_text("pixi:installing!")
    (prefix / "conda-meta" / "lib-1.0-0.json").write_text('{"name": "li')
    (prefix / "conda-meta" / "prefix_record_AbCdEf").write_text("{")
    (prefix / ".refprobe-x").mkdir()
    half = prefix / "share" / "app.txt"
    half.unlink()  # it is a hard link into the cache
    half.write_text("half")
    install(prefix, records, access)
    assert (prefix / FINGERPRINT).read_text() == wanted
    assert (prefix / "share" / "app.txt").read_text() == "app 2.0\n"
    assert json.loads((prefix / "conda-meta" / "lib-1.0-0.json").read_text())["name"] == "lib"
    assert not list(prefix.rglob("prefix_record_*"))
    assert not list(prefix.glob(".refprobe-*"))


def test_a_failed_installation_leaves_the_mark_of_an_interrupted_one(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    prefix = tmp_path / "env"
    app, lib = ask(main, access, "app")
    gone = dataclasses.replace(lib, location="http://127.0.0.1:9/noarch/lib-1.0-0.conda")
    with pytest.raises(FetchError, match=r"failed to fetch lib-1.0-0.conda"):
        install(prefix, (app, gone), access)
    assert (prefix / FINGERPRINT).read_text() == "pixi:installing!"


def _wheel(prefix: Path, name: str, **described: str) -> Path:
    """Put a wheel there by hand: a module, and in its dist-info what describes it."""
    site = prefix / "lib" / "python3.12" / "site-packages"
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (site / f"{name}.py").write_text("")
    texts = {"METADATA": "", "RECORD": f"{name}.py,,\n{info.name}/METADATA,,\n"} | described
    for file, content in texts.items():
        (info / file).write_text(content)
    return site / f"{name}.py"


def test_a_wheel_that_a_killed_installation_left_half_done_leaves(
    access: ChannelAccess, tmp_path: Path
) -> None:
    """Row 312: nothing says whose it is, so that nothing would ever remove it."""
    info = "lib/python3.12/site-packages/theirs-1.0.dist-info"
    theirs = tiny("theirs", files=(text(f"{info}/METADATA", ""), text(f"{info}/RECORD", "")))
    records = ask(channel(tmp_path / "main", [theirs]), access, "theirs")
    prefix = tmp_path / "env"
    install(prefix, records, access)
    mine = [_wheel(prefix, "by_hand"), _wheel(prefix, "by_pip", INSTALLER="pip")]
    (prefix / FINGERPRINT).write_text("pixi:installing!")
    began = (prefix / FINGERPRINT).stat().st_mtime_ns
    half = _wheel(prefix, "half")
    info_of_half = half.parent / "half-1.0.dist-info"
    os.utime(info_of_half, ns=(began, began))
    os.utime(half.parent / "by_hand-1.0.dist-info", ns=(began - 1, began - 1))
    install(prefix, records, access)
    assert not half.exists()
    assert not info_of_half.exists()
    assert all(file.exists() for file in mine)
    assert (prefix / info / "METADATA").exists()


def test_a_wheel_that_replaces_a_record_where_it_fails_has_all_linked_anew(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    prefix = tmp_path / "env"
    project = PypiRecord(location="./project", name="project", version="1.0")
    records = (*ask(main, access, "python"), project)
    (tmp_path / "project").mkdir()
    install(prefix, records[:1], access)
    url = json.dumps({"url": (tmp_path / "project").as_uri()})
    _wheel(prefix, "project", INSTALLER="uv-pixi", **{"direct_url.json": url})

    def failing(_work: PypiWork) -> None:
        (prefix / "conda-meta" / "python-3.12.1-0.json").unlink()
        raise InstallError("no")

    with pytest.raises(InstallError, match="no"):
        install(prefix, records, access, failing)
    assert (prefix / FINGERPRINT).read_text() == "pixi:installing!"
    install(prefix, records, access, lambda _work: None)
    assert _packages(prefix) == ["python-3.12.1-0"]


def test_skipped_packages_stay_as_they_are(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    prefix = tmp_path / "env"
    install(prefix, ask(main, access, "app 1.0", "extra"), access)
    outcome = install(
        prefix, ask(main, access, "app"), access, filter=InstallFilter(skip=("app", "nope"))
    )
    assert _packages(prefix) == ["app-1.0-0", "lib-1.0-0"]
    assert outcome.ignored == ("app",)
    assert outcome.unknown == ("nope",)
    marker = json.loads((prefix / "conda-meta" / "pixi").read_text())
    assert marker["environment_lock_file_hash"] == "invalid-hash"
    install(prefix, ask(main, access, "app"), access)
    assert _packages(prefix) == ["app-2.0-0", "lib-1.0-0"]


class TestHashes:
    def test_a_changed_local_archive_is_refused(
        self, main: Path, access: ChannelAccess, tmp_path: Path
    ) -> None:
        records = ask(main, access, "lib")
        archive = Path(records[0].location)
        archive.write_bytes(archive.read_bytes() + b"x")
        with pytest.raises(FetchError, match="does not have the hash"):
            install(tmp_path / "env", records, access)
        assert not (tmp_path / "env" / "share").exists()
        assert (tmp_path / "env" / FINGERPRINT).read_text() == ""

    def test_what_is_linked_needs_no_archive(
        self, main: Path, access: ChannelAccess, tmp_path: Path
    ) -> None:
        prefix = tmp_path / "env"
        install(prefix, ask(main, access, "lib"), access)
        more = ask(main, access, "lib", "extra")
        Path(next(row for row in more if row.name == "lib").location).unlink()
        other = ChannelAccess(settings(tmp_path / "other-cache"))
        assert install(prefix, more, other).changed

    def test_a_changed_download_is_refused(self, tmp_path: Path, access: ChannelAccess) -> None:
        source = channel(tmp_path / "served", [tiny("lib")])
        (record,) = ask(source, access, "lib")
        with _serving(source) as url:
            remote = dataclasses.replace(
                record, location=f"{url}noarch/lib-1.0-0.conda", sha256="0" * 64
            )
            with pytest.raises(FetchError, match="does not have the hash") as caught:
                install(tmp_path / "env", (remote,), access)
        assert f"found {record.sha256}" in str(caught.value.causes[0])

    def test_a_missing_local_archive_is_named(
        self, main: Path, access: ChannelAccess, tmp_path: Path
    ) -> None:
        records = ask(main, access, "lib")
        Path(records[0].location).unlink()
        with pytest.raises(FetchError, match=r"lib-1.0-0.conda"):
            install(tmp_path / "env", records, access)


def test_offline_a_remote_package_outside_the_cache_is_refused(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    (record,) = ask(main, access, "lib")
    remote = dataclasses.replace(record, location="https://host.invalid/noarch/lib-1.0-0.conda")
    offline = ChannelAccess(settings(tmp_path / "cache", offline=True))
    with pytest.raises(FetchError) as caught:
        install(tmp_path / "env", (remote,), offline)
    assert "offline" in caught.value.hints[0]


def test_foreign_platforms_are_linked(main: Path, access: ChannelAccess, tmp_path: Path) -> None:
    from wisp.install.apply import InstallOptions, install_environment
    from wisp.platforms import bare

    locked = dataclasses.replace(
        locked_as("win", ask(main, access, "lib")), platform=bare("win-64")
    )
    options = InstallOptions(manifest_path=tmp_path / "pixi.toml")
    install_environment(locked, tmp_path / "win", options, lambda: access, lambda work: None)
    marker = json.loads((tmp_path / "win" / "conda-meta" / "pixi").read_text())
    assert marker["resolved_platform"]["subdir"] == "win-64"
    assert (tmp_path / "win" / "share" / "lib.txt").exists()


class TestPypi:
    """The PyPI engine is a function that is given; here it only writes down what it gets."""

    WHEEL = PypiRecord(
        location="https://host/thing-1.0-py3-none-any.whl", name="thing", version="1.0"
    )

    @staticmethod
    def _put(prefix: Path, name: str, mark: str = "uv-pixi", site: str = "python3.12") -> Path:
        folder = prefix / "lib" / site / "site-packages"
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (folder / f"{name}.py").write_text("")
        (info / "INSTALLER").write_text(mark)
        (info / "RECORD").write_text(
            f"{name}.py,,\n{info.name}/INSTALLER,,\n{info.name}/RECORD,,\n"
        )
        return folder / f"{name}.py"

    def test_the_engine_gets_interpreter_records_and_a_held_lock(
        self, main: Path, access: ChannelAccess, tmp_path: Path
    ) -> None:
        prefix = tmp_path / "env"
        seen: list[PypiWork] = []

        def engine(work: PypiWork) -> None:
            assert (prefix / FINGERPRINT).read_text() == "pixi:installing!"
            assert os.fstat(work.held).st_ino == (prefix / FINGERPRINT).stat().st_ino
            assert os.get_inheritable(work.held)
            seen.append(work)

        install(prefix, (*ask(main, access, "python"), self.WHEEL), access, engine)
        (work,) = seen
        assert work.interpreter == prefix / "bin" / "python"
        assert work.records == (self.WHEEL,)

    def test_wheels_in_place_need_no_engine(
        self, main: Path, access: ChannelAccess, tmp_path: Path
    ) -> None:
        prefix = tmp_path / "env"
        records = (*ask(main, access, "python"), self.WHEEL)
        install(prefix, records, access, lambda work: self._put(prefix, "thing") and None)
        before = _tree(prefix)
        assert not install(prefix, records, access).changed
        assert _tree(prefix) == before

    def test_a_local_folder_is_asked_about_but_nothing_is_marked(
        self, main: Path, access: ChannelAccess, tmp_path: Path
    ) -> None:
        prefix = tmp_path / "env"
        folder = PypiRecord(location="./thing", name="thing")
        records = (*ask(main, access, "python"), folder)

        def put(work: PypiWork) -> None:
            self._put(prefix, "thing")
            info = prefix / "lib/python3.12/site-packages/thing-1.0.dist-info"
            (info / "direct_url.json").write_text('{"url": "file:///thing", "dir_info": {}}')

        install(prefix, records, access, put)
        before = _tree(prefix)
        asked: list[PypiWork] = []
        assert not install(prefix, records, access, asked.append).changed
        assert len(asked) == 1
        assert _tree(prefix) == before

    def test_only_our_wheels_leave(self, main: Path, access: ChannelAccess, tmp_path: Path) -> None:
        prefix = tmp_path / "env"
        records = ask(main, access, "python")
        install(prefix, records, access)
        ours = self._put(prefix, "ours")
        foreign = self._put(prefix, "foreign", mark="pip")
        assert install(prefix, records, access).changed
        assert not ours.exists()
        assert foreign.exists()

    def test_wheels_of_another_python_leave(
        self, main: Path, access: ChannelAccess, tmp_path: Path
    ) -> None:
        prefix = tmp_path / "env"
        records = (*ask(main, access, "python"), self.WHEEL)
        old = self._put(prefix, "thing", site="python3.11")
        install(prefix, records, access, lambda work: self._put(prefix, "thing") and None)
        assert not old.exists()

    def test_another_version_is_installed_over(
        self, main: Path, access: ChannelAccess, tmp_path: Path
    ) -> None:
        prefix = tmp_path / "env"
        python = ask(main, access, "python")
        install(
            prefix, (*python, self.WHEEL), access, lambda work: self._put(prefix, "thing") and None
        )
        newer = dataclasses.replace(self.WHEEL, version="2.0")
        asked: list[PypiWork] = []
        install(prefix, (*python, newer), access, asked.append)
        assert [work.records for work in asked] == [(newer,)]

    def test_wheels_without_python_are_refused(
        self, main: Path, access: ChannelAccess, tmp_path: Path
    ) -> None:
        with pytest.raises(InstallError, match="no python"):
            install(tmp_path / "env", (*ask(main, access, "lib"), self.WHEEL), access)
        assert not (tmp_path / "env").exists()


class _Listener(Reporter):
    watched = True

    def __init__(self) -> None:
        self.news: list[tuple[object, ...]] = []

    def start(self, phase: str, subject: str = "", total: int | None = None) -> int:
        self.news.append((phase, subject, total))
        return len(self.news)

    def advance(self, token: int, amount: int = 1, total: int | None = None) -> None:
        self.news.append(("advance", amount))

    def count(self, deed: str, amount: int, kind: str = "") -> None:
        if amount:
            self.news.append(("count", deed, amount, kind))


def _linked(main: Path, access: ChannelAccess, prefix: Path, listener: _Listener) -> None:
    from wisp.engine.conda_installation import CondaInstallation
    from wisp.engine.installer import install_conda

    request = CondaInstallation(
        records=all_of(main, access)[:2], prefix=prefix, subdir="linux-64", label="env"
    )
    install_conda(request, access, listener)


def test_linking_is_told_package_by_package(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    for name in ("fresh", "from what is known"):
        listener = _Listener()
        _linked(main, access, tmp_path / name, listener)
        assert ("linking", "env", 2) in listener.news
        assert listener.news.count(("advance", 1)) == 2


def test_where_nobody_looks_on_what_passed_before_is_linked_without_news(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    _linked(main, access, tmp_path / "first", _Listener())
    listener = _Listener()
    listener.watched = False
    _linked(main, access, tmp_path / "second", listener)
    assert listener.news == [("linking", "env", 2), ("count", "installed", 2, "conda")]
    first, second = (sorted((tmp_path / name).rglob("*")) for name in ("first", "second"))
    assert [one.name for one in first] == [one.name for one in second]


def test_a_prefix_that_was_moved_or_copied_is_linked_anew(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    records = ask(main, access, "lib")
    old, new = tmp_path / "old", tmp_path / "new"
    install(old, records, access)
    shutil.copytree(old, new, symlinks=True)
    wanted = lock_hash(locked_as("new", records, tmp_path))
    assert quick_check(old, wanted)
    assert not quick_check(new, wanted)
    assert install(new, records, access).changed
    assert quick_check(new, wanted)
    assert not install(new, records, access).changed


def test_another_spelling_of_the_path_is_no_other_place(
    main: Path, access: ChannelAccess, tmp_path: Path
) -> None:
    records = ask(main, access, "lib")
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    install(real / "env", records, access)
    assert not is_moved(tmp_path / "link" / "env")
