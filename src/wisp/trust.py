"""Which files are believed: what decides what runs if it is ours, all else if it has an end."""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from io import BufferedReader

WRITABLE_BY_OTHERS = 0o022
#: Where Linux keeps an access list, of entries of eight bytes behind a version of four (acl(5)).
_ACCESS_LIST = "system.posix_acl_access"
_NAMED_USER, _NAMED_GROUP, _MASK, _MAY_WRITE = 2, 8, 16, 2
#: The largest manifest, configuration, marker or record of a wheel that is read, in bytes.
LARGEST = 16 << 20
#: The largest lock file, list of names, or record of a conda package.
LARGEST_LOCK = 256 << 20


def is_ours(found: os.stat_result) -> bool:
    """Whether a file or folder is ours, or root's, and nobody else may write there."""
    if os.name == "nt":
        return True
    return found.st_uid in (os.geteuid(), 0) and not found.st_mode & WRITABLE_BY_OTHERS


def stranger_who_owns(path: str, caller: str | None = None) -> int | None:
    """Return who owns a file or folder, if that is neither us, root nor the `caller` of sudo.

    Of a link both count: who has made it, and whose it is that it leads to. None for what is
    absent, and where files have no such owners (Windows).
    """
    if os.name == "nt":
        return None
    try:
        found = [os.lstat(path)]
        if stat.S_ISLNK(found[0].st_mode):
            found.append(os.stat(path))
    except OSError:
        return None
    us = os.geteuid()
    for owner in (one.st_uid for one in found):
        if owner not in (us, 0) and not (us == 0 and str(owner) == caller):
            return owner
    return None


def user_name(number: int) -> str:
    """Return the name of a user, to be shown; the number where there is none."""
    import pwd

    try:
        return f"`{pwd.getpwuid(number).pw_name}`"
    except KeyError:
        return f"user {number}"


def doubt_about(folder: str) -> str | None:
    """Return why nothing is to be run from a folder of programs, in words.

    It has to be ours or root's, no link, and not for everybody to write to. None also for one that
    is not there.
    """
    try:
        found = os.lstat(folder)
    except OSError:
        return None
    if stat.S_ISLNK(found.st_mode):
        return "it is a symbolic link"
    owner = stranger_who_owns(folder)
    if owner is not None:
        return f"it belongs to {user_name(owner)}"
    if os.name == "posix" and found.st_mode & stat.S_IWOTH:
        return "everybody may write to it"
    if lists_others(folder):
        return "its access list lets others write to it"
    return None


def lists_others(path: str) -> bool:
    """Whether an access list lets a user or a group that is not ours write to a file (Linux).

    The mode tells no more than the most that anybody in the list may do, as if of the group.
    """
    try:
        content = os.getxattr(path, _ACCESS_LIST)
    except (OSError, AttributeError):  # no list, or a system without
        return False
    entries = [content[at : at + 8] for at in range(4, len(content) - 7, 8)]
    rows = [(_number(one[:2]), _number(one[2:4]), _number(one[4:])) for one in entries]
    most = next((may for kind, may, _ in rows if kind == _MASK), _MAY_WRITE)
    ours = {_NAMED_USER: (0, os.geteuid()), _NAMED_GROUP: (0,)}
    return any(
        kind in ours and may & most & _MAY_WRITE and whom not in ours[kind]
        for kind, may, whom in rows
    )


def _number(content: bytes) -> int:
    return int.from_bytes(content, "little")


def elsewhere(path: str) -> str:
    """Return a `PATH` of absolute members only: others lie where one stands, with strangers' files.

    An empty member, as at a colon too many, means that folder itself. Where nothing is left it is
    the system's own, of which the same holds (on Windows it begins with `.`).
    """
    return _absolute(path) or _absolute(os.defpath)


def _absolute(path: str) -> str:
    return os.pathsep.join(folder for folder in path.split(os.pathsep) if os.path.isabs(folder))


def own_content(path: str, limit: int = 64 << 20) -> bytes | None:
    """Return the content of a file that is ours, of `limit` bytes at most; None for any other."""
    try:
        with open(path, "rb", opener=without_waiting) as file:
            found = os.fstat(file.fileno())
            return file.read() if is_readable(found, limit) and is_ours(found) else None
    except OSError:
        return None


def is_readable(found: os.stat_result, limit: int) -> bool:
    """Whether a file has an end, after `limit` bytes at most."""
    return stat.S_ISREG(found.st_mode) and found.st_size <= limit


def has_end(path: str | os.PathLike[str], limit: int = LARGEST) -> bool:
    """Whether a file can be given to who would wait for a pipe, and read a device for ever.

    The null device ends at once, also where a link leads to it, and a folder is not read. Raises
    `OSError` for what is not there.
    """
    found = os.stat(path)
    return is_readable(found, limit) or stat.S_ISDIR(found.st_mode) or _is_null(found)


def _is_null(found: os.stat_result) -> bool:
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == os.stat(os.devnull).st_rdev


def without_waiting(path: str, flags: int) -> int:
    """Open a file, as `open` wants it, so that a pipe without a writer does not hold us up."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def opened_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """Open a file of any size to read it: one that has an end.

    Raises `OSError`, also for a pipe, which would be waited for, and a device.
    """
    file = open(path, "rb", opener=without_waiting)  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "it is no regular file", os.fspath(path))
    return file


def found_bytes(path: str | os.PathLike[str], limit: int = LARGEST) -> bytes:
    """Return the content of a file that was found, not made, by us: one that ends before `limit`.

    The null device is empty, also where a link leads to it. Raises `OSError`, also for a pipe, a
    socket or another device.
    """
    with open(path, "rb", opener=without_waiting) as file:
        found = os.fstat(file.fileno())
        if is_readable(found, limit):
            return file.read()
    if stat.S_ISREG(found.st_mode):
        reason = f"it is larger than {limit >> 20} MB"
    elif _is_null(found):
        return b""
    else:
        reason = "it is no regular file"
    raise OSError(errno.EINVAL, reason, os.fspath(path))


def found_text(
    path: str | os.PathLike[str],
    limit: int = LARGEST,
    *,
    encoding: str = "utf-8",
    errors: str = "strict",
) -> str:
    """Return such a file as text, with line breaks as Python's. May raise `UnicodeDecodeError`."""
    text = found_bytes(path, limit).decode(encoding, errors)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def write_own(path: str, data: bytes) -> None:
    """Replace a file by one that only we may read; raises `OSError`, and then nothing changes."""
    scratch = f"{path}.{os.urandom(6).hex()}"
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
        os.replace(scratch, path)
    except OSError:
        if os.path.exists(scratch):
            os.unlink(scratch)
        raise
