"""Symbolic links in a folder of strangers: nothing is written, swept or removed through them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import all_of, channel, install, settings, tiny
from tests.trees import content, differences
from tools.forge.archive import Entry, text
from wisp.engine.gateway import ChannelAccess
from wisp.engine.linked import linked_records, sweep
from wisp.engine.safe.folder import opened
from wisp.engine.safe.root import ForeignLinkError, Root
from wisp.engine.unfinished_wheels import new_records, take_away
from wisp.engine.uv_install import mark_as_ours
from wisp.engine.wheel_removal import remove_wheel
from wisp.engine.wheels import installed_wheels, sweep_wheel_drafts
from wisp.errors import HostError, InstallError
from wisp.layout import INSTALLING
from wisp.tasks import cache as task_cache

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "w"
channels = ["{channel}"]
platforms = ["linux-64"]
[dependencies]
good = "*"
"""
FINGERPRINT = "conda-meta/.pixi-environment-fingerprint"
DEFAULT = ".pixi/envs/default"


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Path]:
    """A folder of the user's beside the workspace, in which nothing may change."""
    folder = tmp_path / "victim"
    (folder / "envs" / "default").mkdir(parents=True)
    for name in ("secret", "x.json", ".tmpAbCdEf", "good.txt", "envs/default/mine"):
        (folder / name).write_text("mine")
    before = content(folder)
    yield folder
    assert differences(before, content(folder)) == []


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = channel(tmp_path / "channel", [tiny("good", files=(text("share/good.txt", "good"),))])
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST.format(channel=made.as_uri()))
    return folder


def plant(folder: Path, place: str, target: Path) -> None:
    link = folder / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)


# row of the audit: (place of the link, what it leads to, the command)
PLANTED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "9 lock, absent": ("pixi.lock", "new", ("lock",)),
    "9 lock, present": ("pixi.lock", "secret", ("install",)),
    "10 home": (".pixi", "", ("install",)),
    "10 clean": (".pixi", "", ("clean",)),
    "10 clean one": (".pixi/envs", "envs", ("clean", "-e", "default")),
    "11 records": (f"{DEFAULT}/conda-meta", "", ("install",)),
    "12 fingerprint": (f"{DEFAULT}/{FINGERPRINT}", "secret", ("install",)),
    "12 fingerprint, absent": (f"{DEFAULT}/{FINGERPRINT}", "new", ("install",)),
    "13 history": (f"{DEFAULT}/conda-meta/history", "secret", ("install",)),
    "13 marker, absent": (f"{DEFAULT}/conda-meta/pixi", "new", ("install",)),
    "13 path file": (f"{DEFAULT}/conda-meta/pixi_env_prefix", "secret", ("install",)),
    "14 prefix": (DEFAULT, "envs/default", ("install",)),
    "14 envs": (".pixi/envs", "envs", ("install",)),
    "14 folder": (f"{DEFAULT}/share", "", ("install",)),
    "14 tag, absent": (f"{DEFAULT}/CACHEDIR.TAG", "new", ("install",)),
    "14 deep folder": (f"{DEFAULT}/a/b/c", "", ("install",)),
    "18 guard": (".pixi/.condapackageignore", "new", ("install",)),
    "config": (".pixi/config.toml", "new", ("config", "set", "--local", "offline", "true")),
    "config, home": (".pixi", "", ("config", "set", "--local", "offline", "true")),
}


@pytest.mark.parametrize("row", PLANTED)
def test_a_link_ends_the_command_and_nothing_is_done_through_it(
    wisp: CommandLine, workspace: Path, victim: Path, row: str
) -> None:
    place, target, words = PLANTED[row]
    plant(workspace, place, victim / target)
    result = wisp(*words, cwd=workspace)
    if row == "18 guard":
        result.success()
        return
    assert result.code == 1
    assert "symbolic link" in result.stderr or "symbolic link" in result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("words", [("install",), ("reinstall",), ("clean",)])
@pytest.mark.parametrize("place", [FINGERPRINT, "conda-meta/history", "share/good.txt"])
def test_a_second_name_of_a_file_of_the_users_is_not_written_to(
    wisp: CommandLine, workspace: Path, victim: Path, place: str, words: tuple[str, ...]
) -> None:
    """A hard link is no symbolic link: what is written in place would be written in both."""
    wisp("install", cwd=workspace).success()
    planted = workspace / DEFAULT / place
    planted.unlink()
    planted.hardlink_to(victim / "secret")
    wisp(*words, cwd=workspace).success()


def test_the_configuration_is_written_behind_a_link_that_was_accepted(
    wisp: CommandLine, workspace: Path, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    plant(workspace, ".pixi", away)
    words = ("config", "set", "--local", "offline", "true")
    assert "`wisp trust`" in wisp(*words, cwd=workspace).stderr
    wisp("trust", cwd=workspace).success()
    wisp(*words, cwd=workspace).success()
    assert (away / "config.toml").read_text() == "offline = true\n"


@pytest.mark.parametrize("deed", ["gets a second name", "is removed"])
def test_whoever_works_at_a_file_that_is_another_meanwhile_is_waited_for(
    tmp_path: Path, deed: str
) -> None:
    root, file, come = Root(tmp_path), tmp_path / "a" / "held", threading.Event()

    def work() -> None:
        with root.held(file) as descriptor:
            assert os.path.samestat(os.fstat(descriptor), file.stat())
            assert file.stat().st_nlink == 1
            come.set()

    other = threading.Thread(target=work)
    with root.held(file):
        if deed == "gets a second name":
            (tmp_path / "second").hardlink_to(file)
        other.start()
        assert not come.wait(0.3)
        if deed == "is removed":
            root.remove(file.parent)
    other.join(60)
    assert come.is_set()


SITE = f"{DEFAULT}/lib/python3.12/site-packages"
WHEEL = "alpha-1.0.dist-info"


@pytest.fixture
def interrupted(wisp: CommandLine, workspace: Path) -> Path:
    """A workspace whose next installation sweeps and removes."""
    wisp("install", cwd=workspace).success()
    (workspace / DEFAULT / FINGERPRINT).write_text(INSTALLING)
    return workspace


@pytest.mark.parametrize("place", [SITE, f"{SITE}/alpha", f"{DEFAULT}/bin", f"{DEFAULT}/lib"])
def test_no_draft_is_swept_behind_a_link(
    wisp: CommandLine, interrupted: Path, tmp_path: Path, place: str
) -> None:
    """Row 16."""
    away = tmp_path / "away"
    deep = away / ("python3.12/site-packages" if place.endswith("lib") else "")
    deep.mkdir(parents=True)
    (deep / ".tmpAbCdEf").write_text("mine")
    plant(interrupted, place, away)
    done = wisp("install", cwd=interrupted)
    assert (done.code, "lead out of it" in done.stderr) == (1, True), done.stderr
    assert (deep / ".tmpAbCdEf").read_text() == "mine"
    (interrupted / place).unlink()
    wisp("install", cwd=interrupted).success()


@pytest.mark.parametrize("place", ["bin", "conda-meta", "lib/python3.12/site-packages"])
def test_no_draft_is_swept_behind_a_link_that_came_after_the_look(
    tmp_path: Path, victim: Path, place: str
) -> None:
    """Who sweeps sees for themselves: the prefix was looked through a moment ago."""
    for name in (".tmpXyZ123", "prefix_record_1", ".a.wisp-draft", "RECORD.wisp"):
        (victim / name).write_text("mine")
    before = content(victim)
    plant(tmp_path / "prefix", place, victim)
    prefix = tmp_path / "prefix"
    sweep_wheel_drafts(Root(prefix), prefix)
    sweep(Root(prefix), prefix, clobbered=True)
    assert differences(before, content(victim)) == []
    for name in (".tmpXyZ123", "prefix_record_1", ".a.wisp-draft", "RECORD.wisp"):
        (victim / name).unlink()


def _draft(root: Root, prefix: Path) -> None:
    sweep(root, prefix, clobbered=True)


def _record(root: Root, prefix: Path) -> None:
    with contextlib.suppress(ForeignLinkError):
        linked_records(root, prefix)


def _wheel(root: Root, prefix: Path) -> None:
    for wheel in installed_wheels(prefix):
        with contextlib.suppress(ForeignLinkError):
            remove_wheel(root, wheel, prefix, ())


def _mark(root: Root, prefix: Path) -> None:
    for wheel in installed_wheels(prefix):
        with contextlib.suppress(ForeignLinkError):
            mark_as_ours(wheel, prefix, root)


def _planted(root: Root, prefix: Path) -> None:
    take_away(root, prefix, new_records(prefix, {}))


@pytest.mark.parametrize("place", [".pixi/envs", DEFAULT])
@pytest.mark.parametrize("act", [_draft, sweep_wheel_drafts, _record, _wheel, _mark, _planted])
def test_nothing_is_removed_in_a_folder_that_came_in_the_place_of_the_environment(
    tmp_path: Path, place: str, act: Callable[[Root, Path], None]
) -> None:
    """Row 441: the way there was judged a moment ago, and is gone again from the workspace."""
    away = tmp_path / "away"
    prefix = away / "default" if place == ".pixi/envs" else away
    site = "lib/python3.12/site-packages"
    info = prefix / site / WHEEL
    info.mkdir(parents=True)
    (info / "INSTALLER").write_text("uv-pixi")
    (info / "RECORD").write_text(f"alpha.py,,\n{WHEEL}/RECORD,,\n")
    meta = prefix / "conda-meta"
    meta.mkdir()
    drafts = (".refprobe-1", "__clobbers__", "conda-meta/prefix_record_1", f"{site}/.tmpAbCdEf")
    for name in (*drafts, "conda-meta/half.json", f"{site}/alpha.py"):
        (prefix / name).write_text("mine")
    before = content(away)
    workspace = tmp_path / "w"
    plant(workspace, place, away)
    act(Root(workspace), workspace / DEFAULT)
    assert differences(before, content(away)) == []


@pytest.mark.parametrize("broken", [True, False])
@pytest.mark.parametrize("place", [f"{SITE}/{WHEEL}", SITE])
def test_no_wheel_is_removed_whose_metadata_lie_behind_a_link(
    wisp: CommandLine, interrupted: Path, tmp_path: Path, place: str, *, broken: bool
) -> None:
    """Row 17."""
    away = tmp_path / "away"
    (away / WHEEL).mkdir(parents=True)
    (away / "secret").write_text("mine")
    (away / WHEEL / "INSTALLER").write_text("uv-pixi")
    (away / WHEEL / "RECORD").write_text(f"secret,,\n{WHEEL}/RECORD,,\n")
    if not broken:
        (interrupted / DEFAULT / FINGERPRINT).unlink()
    before = content(away)
    plant(interrupted, place, away / WHEEL if place.endswith(WHEEL) else away)
    done = wisp("install", cwd=interrupted)
    assert (done.code, "lead out of it" in done.stderr) == (1, True), done.stderr
    assert differences(before, content(away)) == []


def test_a_task_runs_but_is_not_remembered_through_a_link(
    wisp: CommandLine, tmp_path: Path, victim: Path
) -> None:
    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        '[workspace]\nname = "t"\nchannels = []\nplatforms = ["linux-64"]\n'
        '[tasks]\nhi = { cmd = "echo said", inputs = ["pixi.toml"] }\n'
    )
    plant(folder, ".pixi/task-cache-v0", victim)
    done = wisp("run", "hi", cwd=folder).success()
    assert "said" in done.stdout
    assert "symbolic link" in done.stderr


def test_a_task_that_is_refused_is_not_announced(
    wisp: CommandLine, workspace: Path, victim: Path
) -> None:
    with (workspace / "pixi.toml").open("a") as manifest:
        manifest.write('[tasks]\nhello = "echo hello"\n')
    (workspace / ".pixi").symlink_to(victim)
    refused = wisp("run", "hello", cwd=workspace)
    assert refused.code == 1
    assert "is a symbolic link" in refused.stderr
    assert "task (hello)" not in refused.stderr


def test_clean_removes_a_link_itself(wisp: CommandLine, workspace: Path, victim: Path) -> None:
    plant(workspace, ".pixi/envs", victim)
    wisp("clean", cwd=workspace).success()
    assert not (workspace / ".pixi" / "envs").is_symlink()


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", "pixi.toml"])
@pytest.mark.parametrize("target", ["new", "secret"])
def test_a_new_workspace_follows_no_link(
    wisp: CommandLine, tmp_path: Path, victim: Path, name: str, target: str
) -> None:
    """Row 18."""
    folder = tmp_path / "new"
    plant(folder, name, victim / target)
    assert wisp("init", cwd=folder).code == 1


def test_a_damaged_lock_behind_a_link_is_not_shown(
    wisp: CommandLine, workspace: Path, victim: Path
) -> None:
    """Row 19."""
    plant(workspace, "pixi.lock", victim / "secret")
    result = wisp("install", "--locked", cwd=workspace)
    assert result.code == 1
    assert "mine" not in result.stdout + result.stderr


def test_a_manifest_may_be_a_link(wisp: CommandLine, workspace: Path, tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    (workspace / "pixi.toml").rename(real)
    (workspace / "pixi.toml").symlink_to(real)
    wisp("task", "add", "hi", "echo hi", cwd=workspace).success()
    assert "hi" in real.read_text()
    assert (workspace / "pixi.toml").is_symlink()


def test_a_package_may_not_bring_what_wisp_writes(tmp_path: Path, victim: Path) -> None:
    """Row 15, and the record of K10 that no later installation could read."""
    prefix = tmp_path / "1" / "prefix"
    for name, entry in {
        "history": Entry("conda-meta/history", link="../../../victim/secret"),
        "marker": Entry("conda-meta/pixi", link="../../../victim/new"),
        "record": text("conda-meta/x.json", "{}"),
        "fingerprint": text(FINGERPRINT, "x"),
        "history in capitals": text("CONDA-META/HISTORY", "x"),
        "history of another s": text("conda-meta/hi\u017ftory", "x"),
        "history that hides": text("conda\u200c-meta/history", "x"),
        "history with dots": text("conda-meta./history. ", "x"),
    }.items():
        access = ChannelAccess(settings(tmp_path / "cache" / name))
        made = channel(tmp_path / name, [tiny("evil", files=(entry,))])
        with pytest.raises(InstallError, match="refused"):
            install(prefix, all_of(made, access), access)


def test_packages_that_play_together_write_nothing_outside(tmp_path: Path, victim: Path) -> None:
    first = tiny("aaa", files=(Entry("share/d", link="../../../victim"),))
    second = tiny("bbb", files=(text("share/d/secret", "evil"), text("share/d/new", "evil")))
    access = ChannelAccess(settings(tmp_path / "cache"))
    records = all_of(channel(tmp_path / "channel", [first, second]), access)
    for chosen in (records[:1], records, records[1:], records):
        try:
            install(tmp_path / "1" / "prefix", chosen, access)
        except (InstallError, ForeignLinkError):
            continue


def test_links_of_packages_that_stay_inside_are_followed(tmp_path: Path) -> None:
    first = tiny("aaa", files=(Entry("lib64", link="lib"), text("lib/a", "a")))
    second = tiny("bbb", files=(text("share/b", "b"),))
    access = ChannelAccess(settings(tmp_path / "cache"))
    records = all_of(channel(tmp_path / "channel", [first, second]), access)
    prefix = tmp_path / "prefix"
    for chosen in (records[:1], records):
        install(prefix, chosen, access)
    assert (prefix / "lib64" / "a").read_text() == "a"
    assert (prefix / "share" / "b").read_text() == "b"


DEEDS: dict[str, Callable[[Root, Path], object]] = {
    "write": lambda root, path: root.write(path / "new", "x"),
    "write over": lambda root, path: root.write(path, "x"),
    "make": lambda root, path: root.make(path / "new"),
    "remove below": lambda root, path: root.remove(path / "secret"),
    "lock": lambda root, path: root.held(path / "new").__enter__(),
    "lock itself": lambda root, path: root.held(path).__enter__(),
    "sweep": lambda root, path: root.sweep(path),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("depth", ["", "a/b/"])
def test_a_root_follows_no_link_below_it(
    tmp_path: Path, victim: Path, deed: str, depth: str
) -> None:
    folder = tmp_path / "root"
    plant(folder, f"{depth}link", victim)
    with pytest.raises(ForeignLinkError, match=os.fspath(folder / depth / "link")):
        DEEDS[deed](Root(folder), folder / depth / "link")


@pytest.mark.skipif(os.name == "nt", reason="Windows holds no folders open")
def test_a_link_that_was_made_after_the_look_is_not_followed_either(
    tmp_path: Path, victim: Path
) -> None:
    (tmp_path / "folder").symlink_to(victim)
    (tmp_path / "file").symlink_to(victim / "secret")
    with opened(tmp_path) as held:
        with pytest.raises(OSError, match="folder"):
            held.within("folder").__enter__()
        with pytest.raises(OSError, match="file"):
            held.open("file", os.O_RDWR | os.O_CREAT)


#: What the other one does; the writer makes the folder, too.
EXCHANGE = """
import os, shutil, sys
folder, victim = sys.argv[1:]
while True:
    try:
        if os.path.islink(folder):
            os.unlink(folder)
            os.mkdir(folder)
        else:
            shutil.rmtree(folder)
            os.symlink(victim, folder)
    except OSError:
        pass
"""


#: Who writes below a folder by our own hands, and how a link that is met is told.
WRITERS: dict[str, tuple[Callable[[Path, Path], object], type[Exception]]] = {
    "root": (lambda root, file: Root(root).write(file, "x", lasting=False), HostError),
    "task cache": (lambda root, file: task_cache._write(str(root), str(file), "x"), OSError),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_folder_that_is_exchanged_for_a_link_meanwhile_is_not_followed(
    tmp_path: Path, victim: Path, writer: str
) -> None:
    """Somebody turns a folder into a link and back, as fast as they can, while we write there."""
    folder, met = tmp_path / "root" / "a", dict.fromkeys(("folder", "link"), 0)
    folder.mkdir(parents=True)
    write, told = WRITERS[writer]
    words = [sys.executable, "-Ic", EXCHANGE, str(folder), str(victim)]
    other = subprocess.Popen(words)
    try:
        end = time.monotonic() + 60
        while min(met.values()) < 100 and time.monotonic() < end:
            try:
                write(folder.parent, folder / "new")
                met["folder"] += 1
            except told as error:  # there may have been neither for a moment
                met["link"] += "symbolic link" in str(error)
            with contextlib.suppress(HostError):
                Root(folder.parent).remove(folder / "secret")
    finally:
        other.kill()
        other.wait()
    assert min(met.values())  # a busy machine may meet fewer than we look for


@pytest.mark.parametrize(
    "file",
    ["pixi.toml", "pixi.lock", ".vscode/settings.json", ".pixi/config.toml", ".vscode", ".pixi"],
)
def test_no_error_shows_a_line_of_what_a_link_leads_to(
    wisp: CommandLine, tmp_path: Path, file: str
) -> None:
    """Row 19, for every file that wisp finds in a workspace, also in a folder that is a link."""
    secrets, folder = tmp_path / "secrets", tmp_path / "w"
    secrets.mkdir()
    for name in ("settings.json", "tasks.json", "config.toml"):
        (secrets / name).write_text("s3cret = [\n")
    (folder / ".vscode").mkdir(parents=True)
    (folder / ".pixi").mkdir()
    (folder / "pixi.toml").write_text(
        '[workspace]\nchannels = []\nplatforms = ["linux-64", "linux-aarch64"]\n'
    )
    link = folder / file
    if link.is_dir():
        link.rmdir()
    link.unlink(missing_ok=True)
    link.symlink_to(secrets if file in (".vscode", ".pixi") else secrets / "config.toml")
    for words in (("list",), ("editor", "vscode"), ("lock", "--check"), ("run", "t")):
        done = wisp(*words, cwd=folder)
        assert "s3cret" not in done.stdout + done.stderr, words


def test_a_lock_of_a_one_off_command_is_not_written_through_a_link(
    wisp: CommandLine, tmp_path: Path
) -> None:
    made = channel(tmp_path / "c", [tiny("good")])
    (tmp_path / "one.lock").symlink_to(tmp_path / "profile")
    words = ["exec", "-c", made.as_uri(), "-s", "good", "--lock", "one.lock", "true"]
    done = wisp(*words, cwd=tmp_path)
    assert done.code == 1
    assert "symbolic link" in done.stderr
    assert not (tmp_path / "profile").exists()


#: What is written where the user says, by a command that has made what it needs before.
NAMED: dict[str, tuple[str, tuple[str, ...]]] = {
    "list of packages": (
        "default_linux-64_conda_spec.txt",
        ("workspace", "export", "conda-explicit-spec", "."),
    ),
    "environment file": ("a.yml", ("workspace", "export", "conda-environment", "a.yml")),
    "bill of materials": ("a.json", ("sbom", "--output", "a.json")),
    "page": ("a.html", ("size", "--html", "a.html")),
    "script of a pack": ("activate.sh", ("unpack", "environment.tar")),
}


@pytest.mark.parametrize("target", ["secret", "new"])
@pytest.mark.parametrize("row", NAMED)
def test_what_a_user_names_is_not_written_through_a_link_in_its_place(
    wisp: CommandLine, workspace: Path, victim: Path, row: str, target: str
) -> None:
    place, words = NAMED[row]
    wisp("pack", cwd=workspace).success()
    plant(workspace, place, victim / target)
    done = wisp(*words, cwd=workspace)
    assert (done.code, "symbolic link" in done.stderr) == (1, True), done.stderr


def test_what_a_user_names_may_be_a_device_behind_a_link(
    wisp: CommandLine, workspace: Path
) -> None:
    plant(workspace, "a.json", Path("/dev/stdout"))
    wisp("lock", cwd=workspace).success()
    assert "good" in wisp("sbom", "--output", "a.json", cwd=workspace).success().stdout


def test_half_a_character_is_told_below_a_root_too(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="half a character"):
        Root(tmp_path).write(tmp_path / "new", "a\ud800")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("redirection", [">", ">>"])
def test_a_file_that_our_output_goes_to_is_written_on(
    wisp: CommandLine, workspace: Path, redirection: str
) -> None:
    """`/dev/stdout` leads to the file itself then."""
    wisp("lock", cwd=workspace).success()
    out = workspace / "out"
    out.write_text("before\n")
    words = ("workspace", "export", "conda-environment", "/dev/stdout")
    line = f'{{ "$@"; echo after; }} {redirection} out'
    wisp.bash(line, *words, cwd=workspace).success()
    first, *lines, last = out.read_text().splitlines()
    assert (first == "before", last) == (redirection == ">>", "after")
    assert "dependencies:" in lines
