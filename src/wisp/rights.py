"""What keeps us from reading or writing somewhere, and what helps: whose it is, above all.

After a command under `sudo`, or of a container, files of one's own folder are root's. To ask for
the permissions of that folder finds nothing then: it is theirs that one wants to hear of.

A workspace may bring links to files of anybody. So no command is told for what lies behind one,
only where it leads: `sudo chown` would give a file of the system's away. And who words a failure
does not fail: nothing here raises.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from wisp.printable import typed
from wisp.trust import user_name

#: Whether files belong to users who have numbers, unlike those of Windows.
_OWNED = os.name == "posix"


def way_to_write(path: str | os.PathLike[str]) -> str:
    """Word what helps who was not let write at a path, or make or remove it."""
    try:
        return _way_to_write(path)
    except (OSError, ValueError):  # the folder that we stand in is gone, as one example
        return f"check the permissions of `{os.fspath(path)}`"


def ways_to_read(path: str | os.PathLike[str], error: OSError) -> tuple[str, ...]:
    """Word what helps who was not let read a file, or look for it; nothing for other errors."""
    if not isinstance(error, PermissionError) or not _OWNED:
        return ()
    try:
        return (_way_to_read(path),)
    except (OSError, ValueError):
        return (f"check the permissions of `{os.fspath(path)}`",)


def ways_on(error: OSError) -> tuple[str, ...]:
    """Word what helps who was refused nobody knows what, by the path that the error names.

    One that is not absolute may be that of an entry of an open folder, so nothing is known of it.
    """
    named = error.filename
    if not isinstance(error, PermissionError) or not isinstance(named, str):
        return ()
    path = Path(named)
    if not path.is_absolute():
        return ()
    near = _nearest(path)
    if near is not None and _may(near, os.R_OK):
        return (way_to_write(path),)
    return ways_to_read(path, error)


def _way_to_write(path: str | os.PathLike[str]) -> str:
    spot = _spot(path)
    near = _nearest(spot) or spot.parent
    if is_read_only(near):
        return f"the file system of `{near}` is mounted read-only: use a folder elsewhere"
    if not _OWNED:
        return f"check the permissions of `{spot.parent}`"
    if led := _where_led(path):
        return led
    if near == spot and _owner(near) == _us():
        if not _may(near, os.W_OK):
            return f"check the permissions of `{near}`"
        near = spot.parent
    owner = _owner(near)
    if owner is None or owner == _us():
        return f"check the permissions of `{spot.parent}`"
    top = _topmost(near, owner)
    if owner != 0 or _owner(top.parent) != _us():
        return f"`{near}` belongs to {user_name(owner)}: only who may write there can do that"
    return _way_back(top, owner)


def _way_to_read(path: str | os.PathLike[str]) -> str:
    if led := _where_led(path):
        return led
    spot = _spot(path)
    near = _nearest(spot)
    owner = None if near is None else _owner(near)
    if near is None or owner is None:
        return f"check the permissions of `{spot.parent}`"
    right, quoted = "rx" if _is_folder(near) else "r", typed(near)
    if owner == _us():
        return f"it is yours: `chmod u+{right} {quoted}` lets you read it"
    top = _topmost(near, owner)
    if owner == 0 and _owner(top.parent) == _us():
        return _way_back(top, owner)
    whose = f"`{near}` belongs to {user_name(owner)}"
    return f"{whose}, who can let the group read it: `chmod g+{right} {quoted}`"


def _where_led(path: str | os.PathLike[str]) -> str | None:
    """Word where a path leads that has a link in it, and whose that is; None for any other."""
    spot, real = _spot(path), Path(os.path.realpath(path))
    if spot == real:
        return None
    near = _nearest(real)
    owner = None if near is None else _owner(near)
    if owner is None:
        return f"`{spot}` leads to `{real}`"
    there = "which" if near == real else f"where `{near}`"
    return f"`{spot}` leads to `{real}`, {there} belongs to {user_name(owner)}"


def _spot(path: str | os.PathLike[str]) -> Path:
    """Make a path absolute, behind the links of the system itself (`/home` to `/var/home`)."""
    spot = Path(os.path.normpath(Path(path).absolute()))
    links = (one for one in (*reversed(spot.parents), spot) if _is_link(one))
    first = next(links, None)
    if first is None or {_owner(first), _owner(first.parent)} != {0} or _us() == 0:
        return spot
    return Path(os.path.realpath(first), spot.relative_to(first))


def _nearest(spot: Path) -> Path | None:
    """Return what we see of a path: it, or the nearest folder above it that is there."""
    return next((one for one in (spot, *spot.parents) if _owner(one) is not None), None)


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


def _may(path: Path, right: int) -> bool:
    """Whether we may read or write something; of a folder, what is in it."""
    return os.access(path, right | os.X_OK if _is_folder(path) else right)


def _is_folder(path: Path) -> bool:
    """Whether this is a folder, and no link to one, as far as we may look."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _is_link(path: Path) -> bool:
    """Whether this is a link, as far as we may look."""
    try:
        return stat.S_ISLNK(path.lstat().st_mode)
    except OSError:
        return False


def is_read_only(path: Path | int) -> bool:
    """Whether a path, or an open file, lies in a file system to which nobody may write."""
    try:
        return _OWNED and bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _us() -> int | None:
    return os.geteuid() if _OWNED else None


def _owner(path: Path) -> int | None:
    """Return whose a file, folder or link is; None where it is not there, or nobody may look."""
    try:
        return path.lstat().st_uid
    except OSError:
        return None
