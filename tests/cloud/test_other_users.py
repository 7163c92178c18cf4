"""What root has installed, others run: with no home, no cache, and nothing that they may write."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import pytest
import xxhash

from tests.cloud.needs import need, need_root
from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.archive import text
from wisp.api import quick_exec
from wisp.api.session import Session
from wisp.config.caches import cache_folders
from wisp.trust import doubt_about

MANIFEST = """\
[workspace]
channels = []
platforms = ["linux-64", "linux-aarch64"]
[tasks]
table = { cmd = "echo done" }
"""

NOBODY = ("setpriv", "--reuid=65534", "--clear-groups")


def reaches(path: Path) -> bool:
    """Whether another user can execute a file."""
    return subprocess.run([*NOBODY, "test", "-x", str(path)], check=False).returncode == 0


@pytest.fixture
def workspace() -> Iterator[Path]:
    """A workspace that others can look into; pytest closes its own folders again and again."""
    with tempfile.TemporaryDirectory(prefix="wisp-for-all-") as folder:
        Path(folder).chmod(0o755)
        Path(folder, "pixi.toml").write_text(MANIFEST)
        yield Path(folder)


def test_another_user_runs_what_root_has_installed(wisp: CommandLine, workspace: Path) -> None:
    need("setpriv")
    need_root()
    wisp("run", "table", cwd=workspace).success()
    if not all(map(reaches, (wisp.executable, wisp.executable.with_name("python")))):
        pytest.skip("wisp itself lies where other users cannot go")
    environment = wisp.environment() | {"HOME": "/nonexistent", "PIXI_CACHE_DIR": "/nonexistent/c"}

    for _ in range(2):
        done = subprocess.run(
            [*NOBODY, str(wisp.executable), "run", "table"],
            cwd=workspace,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

        assert "Traceback" not in done.stderr
        assert "done" in done.stdout, done.stderr


STRANGERS = """\
[workspace]
name = "w"
channels = []
platforms = ["linux-64", "linux-aarch64"]
[tasks]
build = { cmd = "echo ran" }
"""


@pytest.fixture
def below() -> Iterator[Path]:
    """A folder of ours below one in which another user has put a manifest."""
    need("setpriv")
    need_root()
    with tempfile.TemporaryDirectory(prefix="wisp-strangers-") as folder:
        Path(folder).chmod(0o755)
        manifest = Path(folder, "pixi.toml")
        manifest.write_text(STRANGERS)
        os.chown(manifest, 65534, 65534)
        ours = Path(folder, "sub", "ours")
        ours.mkdir(parents=True)
        yield ours


def test_a_strangers_manifest_above_us_needs_consent(wisp: CommandLine, below: Path) -> None:
    """Row 39 of the audit: git's rule."""
    root = below.parent.parent

    def ran(*words: str, cwd: Path = below, **env: str) -> bool:
        done = wisp("run", *words, "build", cwd=cwd, env=env)
        assert "Traceback" not in done.stderr
        told = "belongs to" in done.stderr and "accept it as it is by `wisp trust`" in done.stderr
        assert done.code == 0 or told
        return "ran" in done.stdout

    assert not ran()
    # Whoever goes there, or names it, has chosen it; what is remembered of that is no consent.
    for _ in range(2):
        assert ran(cwd=root)
    assert ran("--manifest-path", str(root / "pixi.toml"))
    assert not ran()
    assert ran(WISP_TRUST_WORKSPACE="1")
    assert ran(SUDO_UID="65534")
    assert "owner (accepted)" in wisp("trust", cwd=below).success().stdout
    for _ in range(2):
        assert ran()
    (root / "pixi.toml").write_text(STRANGERS + "# changed\n")
    assert not ran()
    os.chown(root / "pixi.toml", 0, 0)
    assert ran()


def test_a_strangers_link_to_a_manifest_of_ours_needs_consent(
    wisp: CommandLine, below: Path
) -> None:
    """What it says is ours, but what lies beside it is not."""
    link = below.parent.parent / "pixi.toml"
    link.rename(below / "kept.toml")
    os.chown(below / "kept.toml", 0, 0)
    link.symlink_to(below / "kept.toml")
    assert "ran" in wisp("run", "build", cwd=below).success().stdout
    os.chown(link, 65534, 65534, follow_symlinks=False)
    for _ in range(2):
        done = wisp("run", "build", cwd=below)
        assert "ran" not in done.stdout
        assert "belongs to" in done.stderr


def test_a_snapshot_that_another_user_could_write_is_not_read(
    wisp: CommandLine, below: Path
) -> None:
    """Rows 37 and 40: nothing that decides what runs is believed where others may write."""
    root = below.parent.parent
    os.chown(root / "pixi.toml", 0, 0)
    cache = root / "cache"
    (cache / "wisp-snapshots").mkdir(parents=True)
    cache.chmod(0o777)
    os.chown(cache / "wisp-snapshots", 65534, 65534)
    env = {"PIXI_CACHE_DIR": str(cache), "WISP_SECRET_OF_OURS": "s3cret"}
    for _ in range(2):
        assert "ran" in wisp("run", "build", cwd=root, env=env).success().stdout
    assert list((cache / "wisp-snapshots").iterdir()) == []
    os.chown(cache / "wisp-snapshots", 0, 0)
    for _ in range(2):
        wisp("run", "build", cwd=root, env=env).success()
    kept = list((cache / "wisp-snapshots").iterdir())
    assert kept
    assert all(b"s3cret" not in file.read_bytes() for file in kept)
    assert all(file.stat().st_mode & 0o077 == 0 for file in kept)
    (file,) = (one for one in kept if b"echo ran" in one.read_bytes())
    for path, owner, more in (
        (file, 0, 0),
        (file, 65534, 0),
        (file, 0, 0o066),
        (file.parent, 65534, 0),
        (file.parent, 0, 0o022),
    ):
        change_what_runs(file)
        mode = path.stat().st_mode
        os.chown(path, owner, owner)
        path.chmod(mode | more)
        said = wisp("run", "build", cwd=root, env=env).success().stdout
        assert ("bad" in said) == (not owner and not more), (path, owner, more)
        os.chown(path, 0, 0)
        path.chmod(mode)


def change_what_runs(snapshot: Path) -> None:
    """Write another command into a snapshot, and a seal that fits: it is no secret."""
    data = snapshot.read_bytes()[16:].replace(b"echo ran", b"echo bad")
    snapshot.write_bytes(blake2b(data, digest_size=16).digest() + data)


def test_a_lock_of_another_user_is_told(wisp: CommandLine, below: Path) -> None:
    """Row 41: to lock a folder takes no more than to read it."""
    root = below.parent.parent
    command = [*NOBODY, "flock", str(root), "sh", "-c", "echo held; cat"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with wisp.start("task", "add", "hi", "echo hi", cwd=root) as process:
            assert process.stderr is not None
            said = process.stderr.readline()
            holder.stdin.close()
            assert process.wait(60) == 0
    assert "waiting for" in said
    assert str(root) in said
    assert "nobody" in said or "65534" in said


@pytest.mark.parametrize("made", ["folder", "link", "open"])
def test_a_scratch_folder_that_another_user_made_first_is_not_used(
    tmp_path: Path, made: str
) -> None:
    """Row 38: what is redirected from a network file system lies in no folder of others."""
    need_root()
    scratch = tmp_path / "pixi-cache-us"
    if made == "link":
        (tmp_path / "theirs").mkdir()
        scratch.symlink_to(tmp_path / "theirs")
    else:
        scratch.mkdir()
    if made == "open":
        scratch.chmod(0o777)
    else:
        os.chown(scratch, 65534, 65534, follow_symlinks=False)
    values: dict[tuple[str, ...], object] = {("cache", "netfs-redirect"): "always"}
    environ = {"HOME": str(tmp_path / "home"), "USER": "us", "TMPDIR": str(tmp_path)}
    chosen = cache_folders(values, environ, is_remote=lambda _: False)
    assert not chosen.exec_environments.is_relative_to(scratch)
    scratch.unlink() if made == "link" else scratch.rmdir()
    chosen = cache_folders(values, environ, is_remote=lambda _: False)
    assert chosen.exec_environments.is_relative_to(scratch)
    assert scratch.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("planted", ["owned", "open"])
def test_a_script_runs_in_no_environment_that_another_user_has_made(
    wisp: CommandLine, tmp_path: Path, planted: str
) -> None:
    """The environments of scripts and of `exec` are found by their names in a shared cache."""
    need_root()
    script = tmp_path / "hi.py"
    script.write_text('# /// script\n# requires-python = "*"\n# ///\nprint("ours")\n')
    cache = tmp_path / "cache"
    env = {"PIXI_CACHE_DIR": str(cache)}
    session = Session.open(environ=wisp.environment(env))
    digest = xxhash.xxh3_64_hexdigest(os.fsencode(script))
    prefix = session.settings.caches.exec_environments / f"hi-{digest}"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").write_text(f"#!/bin/sh\ntouch {tmp_path}/evil\n")
    (prefix / "bin" / "python").chmod(0o755)
    if planted == "owned":
        os.chown(prefix, 65534, 65534)
    else:
        prefix.chmod(0o777)
    done = wisp("run", "--script", str(script), cwd=tmp_path, env=env)
    assert done.code == 1
    assert "nothing is run from" in done.stderr
    assert not (tmp_path / "evil").exists()


def test_what_exec_remembers_is_ours_alone(tmp_path: Path) -> None:
    """Row 37, for the memory of one-off commands: it names the prefix that a command runs in."""
    need_root()
    environ = {"HOME": str(tmp_path), "PIXI_CACHE_DIR": str(tmp_path / "cache")}
    question = quick_exec.ExecQuestion({"spec": ["a"]}, "", prompt=True)
    prefix = tmp_path / "prefix"
    prefix.mkdir()
    quick_exec.remember(question, str(prefix), {}, [], environ)
    assert quick_exec.recall(question, environ) is not None
    folder = tmp_path / "cache" / "wisp-snapshots"
    (file,) = folder.iterdir()
    for path in (prefix, file, folder):
        os.chown(path, 65534, 65534)
        assert quick_exec.recall(question, environ) is None
        os.chown(path, 0, 0)
        assert quick_exec.recall(question, environ) is not None


def grant(path: Path) -> None:
    """Let another user write to a folder of ours by its access list (acl(5))."""
    rows = [(1, 7, -1), (2, 7, 65534), (4, 5, -1), (16, 7, -1), (32, 5, -1)]
    entries = b"".join(struct.pack("<HHi", *row) for row in rows)
    try:
        os.setxattr(path, "system.posix_acl_access", struct.pack("<I", 2) + entries)
    except OSError:
        pytest.skip("the file system knows no access lists")


def test_an_environment_that_a_list_opens_to_others_is_not_run() -> None:
    need("setpriv")
    need_root()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        assert doubt_about(folder) is None
        grant(Path(folder))
        assert subprocess.run([*NOBODY, "test", "-w", folder], check=False).returncode == 0
        assert doubt_about(folder) == "its access list lets others write to it"


@pytest.fixture
def shared(wisp: CommandLine, tmp_path: Path) -> Path:
    """A workspace with one package, which lies in a cache of its own."""
    made = channel(tmp_path / "channel", [tiny("good", files=(text("share/good", "good"),))])
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{made.as_uri()}"]\nplatforms = ["linux-64", "linux-aarch64"]\n'
        '[dependencies]\ngood = "*"\n'
    )
    cache = tmp_path / "cache"
    wisp("install", cwd=tmp_path, env={"PIXI_CACHE_DIR": str(cache)}).success()
    (cache / "pkgs" / "good-1.0-0" / "share" / "good").write_text("evil")
    shutil.rmtree(tmp_path / ".pixi")
    return cache


@pytest.mark.parametrize("planted", ["share", "share/good", "info", "info/link.json"])
def test_a_single_file_of_another_user_in_a_cache_is_not_linked(
    wisp: CommandLine, shared: Path, planted: str
) -> None:
    need_root()
    entry, root = shared / "pkgs" / "good-1.0-0", shared.parent
    (shared / "pkgs" / ".wisp-judged").unlink()  # by whoever could write there once
    if not (entry / planted).exists():
        (entry / planted).write_text("{}")
    os.chown(entry / planted, 65534, 65534)
    env = {"PIXI_CACHE_DIR": str(shared)}
    wisp("install", cwd=root, env=env).success()
    assert (root / ".pixi" / "envs" / "default" / "share" / "good").read_text() == "good"


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ("entry", ""),
        ("note", ""),
        ("packages", "belongs to"),
        ("root", "belongs to"),
        ("open", "everybody may write"),
        ("group", "a group may write"),
        ("list", "access list lets others write"),
        ("open above", "everybody may write"),
        ("link", "belongs to"),
    ],
)
def test_what_another_user_put_into_a_shared_cache_is_not_linked(
    wisp: CommandLine, shared: Path, planted: str, told: str
) -> None:
    """A digest beside a package is believed only of those whom we believe."""
    need_root()
    packages, root = shared / "pkgs", shared.parent
    if planted in ("entry", "note", "packages", "root"):
        names = {"entry": "good-1.0-0", "note": "good-1.0-0.lock", "packages": "", "root": ".."}
        os.chown((packages / names[planted]).resolve(), 65534, 65534)
    elif planted == "open":
        packages.chmod(0o777)
    elif planted == "group":
        os.chown(packages, 0, 65534)
        packages.chmod(0o775)
    elif planted == "list":
        grant(packages)
    elif planted == "open above":
        root.chmod(0o777)
    else:
        packages.rename(root / "theirs")
        packages.symlink_to(root / "theirs")
        os.chown(packages, 65534, 65534, follow_symlinks=False)
    linked = root / ".pixi" / "envs" / "default" / "share" / "good"
    env = {"PIXI_CACHE_DIR": str(shared)}
    for _ in range(2):
        done = wisp("install", cwd=root, env=env).success()
        assert linked.read_text() == "good"
        assert (told in done.stderr) if told else "⚠" not in done.stderr
        shutil.rmtree(root / ".pixi")
    if told:
        wisp("config", "set", "--global", "trust.caches", "true", cwd=root).success()
        done = wisp("install", cwd=root, env=env).success()
        assert "⚠" not in done.stderr
        assert linked.read_text() == "evil"
