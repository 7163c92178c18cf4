"""Other users of the machine: what they own, what they lock, what they could write to."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import all_of, channel, install, settings, tiny
from tools.forge.archive import Entry
from wisp import trust
from wisp.api import quick_exec
from wisp.api.owners import owned_by
from wisp.engine import waiting
from wisp.engine.exclusive import exclusive_folder
from wisp.engine.file_locks import held_file
from wisp.engine.files import write_atomically
from wisp.engine.gateway import ChannelAccess
from wisp.engine.safe.modes import open_records, restrain
from wisp.engine.safe.packages import check_unpacked
from wisp.engine.safe.root import Root
from wisp.values import replace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="owners and modes are those of POSIX")


@pytest.mark.parametrize("what", ["folder", "file"])
def test_who_waits_for_a_lock_says_so_and_for_whom(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    """Row 41."""
    told: list[str] = []
    heard = threading.Event()

    def tell(message: str) -> None:
        told.append(message)
        heard.set()

    monkeypatch.setattr(waiting._Listener, "tell", staticmethod(tell))
    place = tmp_path if what == "folder" else tmp_path / "file"

    def wait() -> None:
        with exclusive_folder(place) if what == "folder" else held_file(place):
            pass

    with exclusive_folder(place) if what == "folder" else held_file(place):
        waiter = threading.Thread(target=wait)
        waiter.start()
        assert heard.wait(60)
    waiter.join(60)
    assert len(told) == 1
    assert f"waiting for `{place}`" in told[0]
    if Path("/proc/locks").exists():
        assert f"process {os.getpid()} " in told[0]


def test_a_command_that_waits_tells_it(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'
    )
    with exclusive_folder(tmp_path):
        process = wisp.start("task", "add", "hi", "echo hi", cwd=tmp_path)
        assert process.stderr is not None
        assert f"waiting for `{tmp_path}`" in process.stderr.readline()
    assert process.wait(60) == 0
    process.communicate()


def test_whose_a_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "pixi.toml"
    file.write_text("")
    us = os.geteuid()
    assert owned_by({}, file) is None
    monkeypatch.setattr(os, "geteuid", lambda: us + 1)
    if us == 0:
        assert owned_by({}, file) is None
    else:
        assert trust.stranger_who_owns(str(file)) == us
        assert "SHA-256" in (owned_by({}, file) or "")


def test_nobody_else_may_write_to_files_of_packages(tmp_path: Path) -> None:
    """Row 42: as open as the package says and the umask allows."""
    modes = {"share/open": 0o666, "bin/open": 0o777, "bin/set": 0o6777, "share/closed": 0o400}
    before = os.umask(0o027)
    try:
        access = ChannelAccess(settings(tmp_path / "cache"))
        files = tuple(Entry(path, b"x", mode=mode) for path, mode in modes.items())
        prefix = tmp_path / "prefix"
        install(prefix, all_of(channel(tmp_path / "c", [tiny("a", files=files)]), access), access)
    finally:
        os.umask(before)
    found = {path: stat.S_IMODE((prefix / path).stat().st_mode) for path in modes}
    assert found == {
        "share/open": 0o644,
        "bin/open": 0o755,
        "bin/set": 0o755,
        "share/closed": 0o400,
    }


@pytest.mark.parametrize(("umask", "mode"), [(0o002, 0o664), (0o022, 0o644), (0o077, 0o600)])
def test_records_are_as_open_as_other_files(tmp_path: Path, umask: int, mode: int) -> None:
    """A group that shares an environment reads what is there before it changes it."""
    before = os.umask(umask)
    try:
        access = ChannelAccess(settings(tmp_path / "cache"))
        prefix = tmp_path / "prefix"
        install(prefix, all_of(channel(tmp_path / "c", [tiny("a")]), access), access)
    finally:
        os.umask(before)
    records = list((prefix / "conda-meta").glob("*.json"))
    assert [stat.S_IMODE(record.stat().st_mode) for record in records] == [mode]


def test_records_that_were_closed_are_opened_where_all_is_installed(tmp_path: Path) -> None:
    """An earlier release left them so; what the owner has closed together stays closed."""
    before = os.umask(0o022)
    try:
        access = ChannelAccess(settings(tmp_path / "cache"))
        prefix = tmp_path / "prefix"
        records = all_of(channel(tmp_path / "c", [tiny("a"), tiny("b")]), access)
        install(prefix, records, access)
        meta = prefix / "conda-meta"
        for path in meta.glob("*.json"):
            path.chmod(0o600)
        assert not install(prefix, records, access).changed
        assert {stat.S_IMODE(path.stat().st_mode) for path in meta.glob("*.json")} == {0o644}
        for path in (*meta.glob("*.json"), meta / "pixi"):
            path.chmod(0o600)
        assert not install(prefix, records, access).changed
        assert {stat.S_IMODE(path.stat().st_mode) for path in meta.glob("*.json")} == {0o600}
    finally:
        os.umask(before)


def test_opening_records_opens_no_secret_that_goes_by_their_name(tmp_path: Path) -> None:
    """Row 250: who may write to a shared environment links secrets of its owner there."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in ("key.json", "login.json"):
        (secrets / name).touch(0o600)
    meta = tmp_path / "one" / "conda-meta"
    meta.mkdir(parents=True)
    (meta / "key.json").hardlink_to(secrets / "key.json")
    (meta / "login.json").symlink_to(secrets / "login.json")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "conda-meta").symlink_to(secrets)
    for prefix in ("one", "other"):
        open_records(Root(tmp_path), tmp_path / prefix)
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("marker", "mode"), [("link", 0o600), ("foreign", 0o600), ("open", 0o644), ("group's", 0o644)]
)
def test_records_are_not_opened_as_others_say(tmp_path: Path, marker: str, mode: int) -> None:
    """Row 250: the file that says how open records are may be whatever others make of it."""
    meta = tmp_path / "conda-meta"
    meta.mkdir()
    (meta / "a.json").touch(0o600)
    like = meta / "pixi"
    if marker == "link":
        like.symlink_to("a.json")
    else:
        like.touch()
        like.chmod(0o664 if marker == "group's" else 0o666)
    if marker == "foreign":
        if os.geteuid() != 0:
            pytest.skip("only root gives files away")
        os.chown(like, 65534, 65534)
    before = os.umask(0o022)
    try:
        open_records(Root(tmp_path), tmp_path, "pixi")
    finally:
        os.umask(before)
    assert stat.S_IMODE((meta / "a.json").stat().st_mode) == mode


def test_nobody_else_may_write_to_folders_of_packages(tmp_path: Path) -> None:
    """Who may write to a folder puts another file in the place of one."""
    package = tmp_path / "pkgs" / "a-1-0"
    (package / "share" / "deep").mkdir(parents=True)
    (package / "info").mkdir()
    (package / "share" / "deep" / "x").touch()
    (package / "info" / "paths.json").write_text('{"paths": [{"_path": "share/deep/x"}]}')
    made = [package, *package.rglob("*")]
    for path in made:
        path.chmod(0o777)
    (package / "out").symlink_to(tmp_path)
    tmp_path.chmod(0o777)
    before = os.umask(0o022)
    try:
        check_unpacked(str(package))
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o755}
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o777


def test_repodata_that_another_user_may_write_to_is_fetched_anew(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "repodata"
    (folder / "shards").mkdir(parents=True)
    files = [folder / "a.json", folder / "shards" / "b"]
    us = os.geteuid()
    for owners, kept in ((None, True), ({us}, True), ({us + 1}, False)):
        for file in files:
            file.touch()
        asked = settings(tmp_path / "cache")
        owned = frozenset(owners) if owners else None
        caches = replace(asked.caches, owners=owned)
        assert ChannelAccess(replace(asked, caches=caches)).gateway
        assert [file.exists() for file in files] == [kept, kept]


def test_the_umask_is_never_changed_to_be_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = os.umask(0o027)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(os, "umask", lambda _: pytest.fail("threads would see it"))
            (tmp_path / "package").mkdir()
            assert restrain(str(tmp_path / "package"), None).foreign is None
            write_atomically(tmp_path / "new", "x")
            (tmp_path / "old").write_text("")
            (tmp_path / "old").chmod(0o604)
            write_atomically(tmp_path / "old", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o604


def test_what_is_remembered_holds_no_value_of_a_variable_and_no_password(
    wisp: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nplatforms = ["linux-64", "linux-aarch64"]\n'
        'channels = ["https://me:s3cret@x.example/c", "https://x.example/t/s3cret/c"]\n'
        '[activation.env]\nDATABASE = "$OURS"\n'
        '[tasks]\nt = { cmd = "true", env = { T = "$OURS" } }\n'
    )
    cache = tmp_path / "cache"
    names = ("OURS", "PIXI_OURS", "WISP_OURS", "RATTLER_OURS", "TZ", "PS1", "PIXI_PROMPT")
    env = dict.fromkeys(names, "s3cret") | {"PIXI_CACHE_DIR": str(cache)}
    for words in (("run", "t"), ("shell-hook",), ("info",), ("task", "list"), ("lock",)):
        wisp(*words, cwd=tmp_path, env=env).success()
    environ = wisp.environment(env)
    question = quick_exec.ExecQuestion(
        {"channel": ["https://me:s3cret@x.example/c", "https://x.example/t/s3cret/c"]},
        "",
        prompt=True,
    )
    quick_exec.remember(question, str(tmp_path), {}, [], environ)
    assert quick_exec.recall(question, environ) is not None
    kept = list((cache / "wisp-snapshots").iterdir())
    assert len(kept) == 3
    assert all(b"s3cret" not in file.read_bytes() for file in kept)
