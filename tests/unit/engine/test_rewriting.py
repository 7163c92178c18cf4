"""What hangs on a file of the user stays when its text changes, and half a text is undone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wisp.engine.journals import Journal, kept, repair
from wisp.engine.rewriting import restoring, rewrite
from wisp.errors import HostError

OLD = b"[workspace]\nname = 'old'\nchannels = []\n"
NEW = b"[workspace]\nname = 'new'\nchannels = ['a', 'b']\nplatforms = []\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PIXI_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    file = tmp_path / "work" / "pixi.toml"
    file.parent.mkdir()
    file.write_bytes(OLD)
    return file


def test_a_plain_file_is_replaced_with_its_mode(manifest: Path) -> None:
    manifest.chmod(0o664)
    before = manifest.stat().st_ino
    rewrite(manifest, NEW)
    found = manifest.stat()
    assert (manifest.read_bytes(), found.st_mode & 0o777) == (NEW, 0o664)
    assert found.st_ino != before


def test_all_names_of_a_file_get_the_new_text(manifest: Path) -> None:
    other = manifest.with_name("also.toml")
    other.hardlink_to(manifest)
    rewrite(manifest, NEW)
    assert other.read_bytes() == NEW
    assert other.samefile(manifest)


def test_a_link_stays_and_its_target_is_rewritten(manifest: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(manifest)
    rewrite(link, NEW)
    assert link.is_symlink()
    assert manifest.read_bytes() == NEW


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    rewrite(tmp_path / "fresh" / "config.toml", "offline = true\n")
    assert (tmp_path / "fresh" / "config.toml").read_text() == "offline = true\n"


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has no extended attributes")
def test_extended_attributes_stay(manifest: Path) -> None:
    try:
        os.setxattr(manifest, "user.note", b"mine")
    except OSError:
        pytest.skip("the file system has no extended attributes")
    rewrite(manifest, NEW)
    assert os.getxattr(manifest, "user.note") == b"mine"


def as_nobody(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program as a user without rights, who need not be able to read the interpreter."""
    program = f"{_IMPORTS}\nos.setgid(65534); os.setuid(65534)\n{code}"
    return subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
    )


_IMPORTS = """
import encodings.idna, errno, fcntl, json, os, random, shutil, sys, tempfile
from pathlib import Path
import wisp.rights
from wisp.engine.rewriting import rewrite
from wisp.errors import HostError
"""
_REWRITE = """
try:
    rewrite(Path(sys.argv[1]), sys.argv[2])
except HostError as error:
    sys.exit(error.message)
"""
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root, to become somebody else"
)


@pytest.fixture
def open_to_all(manifest: Path, cache: Path) -> Path:
    """A file anybody may write in a folder nobody else may, with a cache for anybody."""
    cache.mkdir()
    cache.chmod(0o777)
    manifest.chmod(0o666)
    manifest.parent.chmod(0o755)
    for folder in manifest.parents:
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o055)
    return manifest


@needs_root
def test_owner_and_group_stay(manifest: Path) -> None:
    os.chown(manifest, 65534, 65534)
    rewrite(manifest, NEW)
    found = manifest.stat()
    assert (found.st_uid, found.st_gid, manifest.read_bytes()) == (65534, 65534, NEW)


@needs_root
def test_a_file_in_a_folder_that_cannot_be_written_is_written_over(open_to_all: Path) -> None:
    done = as_nobody(_REWRITE, str(open_to_all), NEW.decode())
    assert (done.returncode, done.stderr, open_to_all.read_bytes()) == (0, "", NEW)
    assert open_to_all.stat().st_uid == 0


@needs_root
def test_a_file_that_cannot_be_written_at_all_is_one_clear_error(open_to_all: Path) -> None:
    open_to_all.chmod(0o644)
    done = as_nobody(_REWRITE, str(open_to_all), NEW.decode())
    assert (done.returncode, done.stderr) == (1, f"could not write `{open_to_all}`\n")
    assert open_to_all.read_bytes() == OLD


def test_the_journal_is_gone_once_all_is_done(manifest: Path, cache: Path) -> None:
    manifest.with_name("also.toml").hardlink_to(manifest)
    rewrite(manifest, NEW)
    assert not list(cache.iterdir())


_KILLED = """
import os, signal, sys
from pathlib import Path
from wisp.engine.journals import Journal, kept
target, old, new = Path(sys.argv[1]), *(text.encode() for text in sys.argv[2:4])
with kept(Journal(target, old, new)):
    target.write_bytes(new[: int(sys.argv[4])] + old[int(sys.argv[4]):])
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("written", [0, 1, 20, len(OLD), len(NEW)])
def test_what_a_killed_writer_left_half_done_is_undone(manifest: Path, written: int) -> None:
    words = [str(manifest), OLD.decode(), NEW.decode(), str(written)]
    killed = subprocess.run([sys.executable, "-c", _KILLED, *words], check=False)
    assert killed.returncode == -signal.SIGKILL
    repair()
    assert manifest.read_bytes() == (NEW if written == len(NEW) else OLD)


def test_what_somebody_wrote_after_the_kill_stays(manifest: Path, cache: Path) -> None:
    words = [str(manifest), OLD.decode(), NEW.decode(), "20"]
    subprocess.run([sys.executable, "-c", _KILLED, *words], check=False)
    manifest.write_text("[workspace]\n# mended by hand\n")
    repair()
    assert manifest.read_text() == "[workspace]\n# mended by hand\n"
    assert not list(cache.iterdir())


def test_a_journal_that_others_may_write_is_not_believed(manifest: Path, cache: Path) -> None:
    planted = cache / "wisp-unfinished" / "planted"
    planted.parent.mkdir(parents=True)
    planted.write_bytes(bytes(Journal(manifest, b"evil", OLD + b"more")))
    planted.chmod(0o666)
    manifest.write_bytes(OLD)
    repair()
    assert manifest.read_bytes() == OLD


@pytest.mark.parametrize("junk", [b"", b"{}\n", b"not json\n", b'{"path": "/x", "old": 9'])
def test_a_journal_that_was_never_finished_goes(cache: Path, junk: bytes) -> None:
    folder = cache / "wisp-unfinished"
    folder.mkdir(parents=True)
    (folder / "half").write_bytes(junk)
    (folder / "half").chmod(0o600)
    repair()
    assert not folder.exists()


def test_an_interrupted_body_leaves_the_journal_for_later(manifest: Path, cache: Path) -> None:
    def write_half() -> None:
        with kept(Journal(manifest, OLD, NEW)):
            manifest.write_bytes(NEW[:30] + OLD[30:])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert list((cache / "wisp-unfinished").iterdir())
    repair()
    assert manifest.read_bytes() == OLD


def test_a_failing_body_gives_a_file_its_text_back(manifest: Path) -> None:
    def fail() -> None:
        with restoring(manifest):
            rewrite(manifest, NEW)
            raise HostError("no")

    with pytest.raises(HostError):
        fail()
    assert manifest.read_bytes() == OLD


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes that are files")
@pytest.mark.parametrize("left", ["pipe", "nothing"])
def test_whatever_a_failing_body_leaves_in_its_place_a_file_comes_back(
    manifest: Path, left: str
) -> None:
    def fail() -> None:
        with restoring(manifest):
            manifest.unlink()
            if left == "pipe":
                os.mkfifo(manifest)
            raise HostError("no")

    with pytest.raises(HostError, match="no"):
        fail()
    assert manifest.is_file()
    assert manifest.read_bytes() == OLD
