"""Whether other users can put something into a folder that was chosen for caches.

What lies in a cache is believed: packages by the digest that is noted beside them, repodata,
unpacked wheels, environments that are found by name. So a chosen folder counts only where nobody
else may write, as git has it for workspaces; the folder in the user's home stands in for another.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from wisp.trust import lists_others, user_name


def believed_owners(environ: Mapping[str, str]) -> frozenset[int] | None:
    """Return whose entries of a cache are believed: ours, root's, and those of who called sudo.

    None where files have no such owners (Windows).
    """
    if os.name == "nt":
        return None
    us, caller = os.geteuid(), environ.get("SUDO_UID", "")
    return frozenset({us, 0, int(caller)} if us == 0 and caller.isdecimal() else {us, 0})


def doubt_about_cache(folder: Path, owners: frozenset[int] | None) -> str | None:
    """Return why others may have written what lies in a folder, in words; None where they cannot.

    Of what is not there yet, and of all that is above, only this is asked: whether everybody may
    put another in its place.
    """
    if owners is None:
        return None
    try:
        states = [folder.lstat(), folder.stat()]
    except OSError:
        states = []
    for found in states:
        if found.st_uid not in owners:
            return f"it belongs to {user_name(found.st_uid)}"
    if states and (who := _who_may_write(states[-1])):
        return f"{who} may write to it"
    if states and lists_others(str(folder)):
        return "its access list lets others write to it"
    open_one = next((parent for parent in folder.parents if _is_open(parent)), None)
    return None if open_one is None else f"everybody may write to `{open_one}`"


def _who_may_write(found: os.stat_result) -> str | None:
    if found.st_mode & stat.S_IWOTH:
        return "everybody"
    # Where each user has a group of the same number, it is nobody else's.
    if found.st_mode & stat.S_IWGRP and found.st_gid not in (0, os.geteuid()):
        return "a group"
    return None


def _is_open(folder: Path) -> bool:
    try:
        mode = folder.stat().st_mode
    except OSError:
        return False
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX
