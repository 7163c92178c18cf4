from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wisp.engine import files
from wisp.engine.files import write_atomically
from wisp.engine.rewriting import rewrite
from wisp.errors import HostError


def test_a_written_file_has_its_text_and_no_neighbours(tmp_path: Path) -> None:
    target = tmp_path / "new" / "pixi.lock"
    files.write_atomically(target, "version: 7\n")
    assert target.read_text() == "version: 7\n"
    assert [path.name for path in target.parent.iterdir()] == ["pixi.lock"]


def test_the_mode_of_a_replaced_file_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "pixi.toml"
    target.write_text("old")
    target.chmod(0o640)
    files.write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        files.write_atomically(tmp_path / "file", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text("old")
    link = tmp_path / "pixi.toml"
    link.symlink_to(real)
    files.write_atomically(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_file_in_place_of_a_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HostError, match="could not write"):
        files.write_atomically(tmp_path / "file" / "below", "x")


def test_a_full_disk_leaves_the_old_text(tmp_path: Path) -> None:
    target = tmp_path / "pixi.lock"
    target.write_text("old")
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from wisp.engine.files import write_atomically\n"
        "from wisp.errors import HostError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    write_atomically(Path(sys.argv[1]), 'x' * 5000)\n"
        "except HostError as error:\n"
        "    print(error.causes[0], '|', error.hints[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(target)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(os.strerror(errno.EFBIG))
    assert "disk space" in done.stdout
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_draft_of_a_killed_writer_goes_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    script = (
        "import os, sys, time\nfrom pathlib import Path\nfrom wisp.engine import files\n"
        "files.os.fsync = lambda _: (print('up', flush=True), time.sleep(60))\n"
        "files.write_atomically(Path(sys.argv[1]), 'half')\n"
    )
    target = tmp_path / "pixi.lock"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(target)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "up\n"
        files.sweep_drafts(tmp_path)
        assert len(list(tmp_path.iterdir())) == 1
        writer.kill()
    files.write_atomically(target, "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["pixi.lock"]


def test_the_size_of_a_folder_is_that_of_its_files_and_not_of_what_links_lead_to(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    (folder / "a").write_bytes(b"12345")
    (folder / "deep" / "b").write_bytes(b"678")
    away = tmp_path / "away"
    away.mkdir()
    (away / "large").write_bytes(b"x" * 1000)
    (folder / "link").symlink_to(away)
    (folder / "file-link").symlink_to(away / "large")
    assert files.folder_size(folder) == 8
    assert files.folder_size(folder / "a") == 5
    assert [files.folder_size(folder / name) for name in ("link", "file-link", "gone")] == [0, 0, 0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("write", [write_atomically, rewrite])
def test_a_pipe_is_written_to_and_stays_one(
    tmp_path: Path, write: Callable[[Path, str], None]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link").symlink_to(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    for path in (pipe, tmp_path / "link"):
        write(path, "text")
        assert os.read(reader, 99) == b"text"
    os.close(reader)
    assert pipe.is_fifo()


def test_an_entry_of_a_folder_held_open_is_no_place(tmp_path: Path) -> None:
    """What was refused by the name alone would be sought where we stand."""
    errors = (
        (PermissionError(13, "no", "kernel.json"), tmp_path),
        (PermissionError(13, "no"), tmp_path),
        (PermissionError(13, "no", str(tmp_path / "x")), tmp_path / "x"),
    )
    assert [files.place_of(error, tmp_path) for error, _ in errors] == [at for _, at in errors]
