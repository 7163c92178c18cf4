from __future__ import annotations

import subprocess
from pathlib import Path

from wisp.engine.file_locks import held_file
from wisp.errors import HostError


def test_a_second_process_does_not_get_a_held_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held_file(lock):
        assert _is_locked(lock)
    assert not _is_locked(lock)


def test_readers_share_a_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held_file(lock, kind="shared"), held_file(lock, kind="shared"):
        assert _is_locked(lock)


def test_a_child_keeps_the_lock_it_inherited(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held_file(lock) as descriptor:
        child = subprocess.Popen(["sleep", "60"], pass_fds=(descriptor,))
    try:
        assert _is_locked(lock)
    finally:
        child.kill()
        child.wait()
    assert not _is_locked(lock)


def _is_locked(lock: Path) -> bool:
    try:
        with held_file(lock, wait=False):
            return False
    except HostError as error:
        return "locked by another process" in error.message
