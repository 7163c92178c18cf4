"""What keeps us from reading or writing somewhere, and what helps: whose it is, above all.

After a command under `sudo`, or of a container, files of one's own folder are root's. To ask for
the permissions of that folder finds nothing then: it is theirs that one wants to hear of.
"""

from __future__ import annotations

import os
from pathlib import Path

from wisp.printable import typed
from wisp.trust import user_name


def way_to_write(path: str | os.PathLike[str]) -> str:
    """Word what helps who was not let write at a path, or make or remove it."""
    spot = Path(path).absolute()
    near = next((one for one in (spot, *spot.parents) if _owner(one) is not None), spot.parent)
    if _is_read_only(near):
        return f"the file system of `{near}` is mounted read-only: use a folder elsewhere"
    if near == spot and _owner(near) == _us():
        near = spot.parent
    owner = _owner(near)
    if owner is None or owner == _us():
        return f"check the permissions of `{spot.parent}`"
    top = _topmost(near, owner)
    if owner != 0 or _owner(top.parent) != _us():
        return f"`{near}` belongs to {user_name(owner)}: only who may write there can do that"
    return _way_back(top, owner)


def ways_to_read(path: str | os.PathLike[str], error: OSError) -> tuple[str, ...]:
    """Word what helps who was not let read a file, or look for it; nothing for other errors."""
    if not isinstance(error, PermissionError):
        return ()
    spot = Path(path).absolute()
    near = next((one for one in (spot, *spot.parents) if _owner(one) is not None), spot.parent)
    owner, right = _owner(near), "rx" if near.is_dir() else "r"
    quoted = typed(near)
    if owner is None:
        return (f"check the permissions of `{spot.parent}`",)
    if owner == _us():
        return (f"it is yours: `chmod u+{right} {quoted}` lets you read it",)
    top = _topmost(near, owner)
    if owner == 0 and _owner(top.parent) == _us():
        return (_way_back(top, owner),)
    whose = f"`{near}` belongs to {user_name(owner)}"
    return (f"{whose}, who can let the group read it: `chmod g+{right} {quoted}`",)


def _way_back(top: Path, owner: int) -> str:
    """Word how to have back what a command of another user has left in a folder of ours."""
    return (
        f"`{top}` belongs to {user_name(owner)}, as `sudo` leaves it: to have it back, "
        f'run `sudo chown -R "$(id -u):$(id -g)" {typed(top)}`'
    )


def _topmost(path: Path, owner: int) -> Path:
    """Return the highest folder above a path that belongs to the same user without a break."""
    while path.parent != path and _owner(path.parent) == owner:
        path = path.parent
    return path


def _is_read_only(path: Path) -> bool:
    """Whether a path lies in a file system to which nobody may write."""
    try:
        return os.name == "posix" and bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _us() -> int | None:
    return os.geteuid() if os.name == "posix" else None


def _owner(path: Path) -> int | None:
    """Return whose a file, folder or link is; None where it is not there, or nobody may look."""
    try:
        return path.lstat().st_uid
    except OSError:
        return None
