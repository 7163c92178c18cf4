from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from wisp.engine.scratch import scratch_folder, sweep

HOLDER = """
import sys, pathlib
from wisp.engine.scratch import scratch_folder
with scratch_folder(pathlib.Path(sys.argv[1]), "work-") as folder:
    (folder / "file").touch()
    print(folder.name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process, at work in a scratch folder below `tmp_path`."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("work-")
    return process


def names(folder: Path) -> list[str]:
    return [path.name.partition("-")[0] for path in folder.iterdir()]


def test_a_scratch_folder_goes_with_its_work(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "made", "work-") as folder:
        (folder / "file").touch()
    assert list((tmp_path / "made").iterdir()) == []


def test_what_a_killed_process_left_is_swept(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    sweep(tmp_path, lambda name: name.startswith("work-"))
    assert names(tmp_path) == ["work"]  # it is still held
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    sweep(tmp_path, lambda name: name.startswith("other-"))
    assert names(tmp_path) == ["work"]
    sweep(tmp_path, lambda name: name.startswith("work-"))
    assert names(tmp_path) == []


def test_an_empty_folder_that_nobody_holds_is_swept_too(tmp_path: Path) -> None:
    (tmp_path / "work-1").mkdir()
    with scratch_folder(tmp_path, "work-") as folder:
        assert list(tmp_path.iterdir()) == [folder]


def test_a_link_is_never_followed_by_a_sweep(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (tmp_path / "work-1").symlink_to("precious")
    sweep(tmp_path, lambda name: name.startswith("work-"))
    assert (tmp_path / "precious" / "file").exists()


def test_a_folder_that_is_swept_while_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    make = tempfile.mkdtemp

    def taken_away(**words: Any) -> str:
        folder: str = make(**words)
        made.append(Path(folder))
        if len(made) == 1:
            made[0].rmdir()
        return folder

    monkeypatch.setattr("tempfile.mkdtemp", taken_away)
    with scratch_folder(tmp_path, "work-") as folder:
        assert folder == made[1]
        assert folder.is_dir()
