"""Real locks, where a folder of them is at hand: `WISP_CORPUS` names it.

Every lock of version 7 in it must be kept byte for byte, but for those that were edited by hand,
which `cases/lock/edited-by-hand.txt` lists with what their editors did.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rattler import LockFile as RattlerLockFile

from wisp.lock.model import LOCK_VERSION
from wisp.lock.read import read
from wisp.lock.write import write

CORPUS = os.environ.get("WISP_CORPUS")
EXCEPTIONS = Path(__file__).parents[2] / "cases" / "lock" / "edited-by-hand.txt"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS, reason="WISP_CORPUS names no folder of real locks"),
]


def edited_by_hand() -> frozenset[str]:
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    return frozenset(line.split(":")[0] for line in lines if line and not line.startswith("#"))


def test_real_locks_are_kept_byte_for_byte() -> None:
    changed = set()
    count = 0
    for path in sorted(Path(CORPUS or "").rglob("pixi.lock")):
        text = path.read_text(encoding="utf-8")
        lock = read(text, str(path))
        if lock.version != LOCK_VERSION:
            continue
        count += 1
        if write(lock) != text:
            changed.add(path.relative_to(CORPUS or "").parts[0])
    assert count > 0
    assert changed <= edited_by_hand()


def test_old_locks_hold_what_rattler_finds_in_them() -> None:
    for path in sorted(Path(CORPUS or "").rglob("pixi.lock")):
        lock = read(path.read_text(encoding="utf-8"), str(path))
        if lock.version == LOCK_VERSION:
            continue
        for name, environment in RattlerLockFile.from_path(path).environments():
            for platform in environment.platforms():
                theirs = environment.packages(platform) or ()
                ours = lock.environments[name].packages.get(str(platform.name), ())
                wanted = sorted((one.name, one.location) for one in theirs)
                assert sorted((one.name, one.location) for one in ours) == wanted, path
