"""Files written whole or not at all, and what a refusal of the operating system means."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from wisp.engine.safe.folder import Folder, opened
from wisp.engine.trees import files_below
from wisp.errors import HostError

#: How the names of drafts end, which become the file they are for once they are whole.
_DRAFT = ".wisp-draft"


def refusal(action: str, path: str | os.PathLike[str], error: OSError) -> HostError:
    """Word an error of the operating system: what could not be done, where, why, what helps."""
    import errno

    reason = error.strerror or str(error)
    hints: list[str] = []
    if action == "read":
        from wisp.rights import ways_to_read

        hints += ways_to_read(path, error)
    elif isinstance(error, PermissionError) or error.errno == errno.EROFS:
        from wisp.rights import way_to_write

        hints.append(way_to_write(path))
    elif error.errno in _FULL:
        hints.append("free some disk space, or raise the limit on file sizes")
    return HostError(f"could not {action} `{os.fspath(path)}`", hints=hints, causes=[reason])


def place_of(error: OSError, otherwise: Path) -> Path:
    """Return the path that an error names; `otherwise` where it names none, or only an entry.

    Of what is done in a folder held open the error has the name alone, which means another file
    wherever we stand.
    """
    named = Path(error.filename) if isinstance(error.filename, str) else otherwise
    return named if named.is_absolute() else otherwise


def _full_disk_codes() -> frozenset[int]:
    import errno

    return frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


_FULL = _full_disk_codes()


def is_for_lack_of_room_or_right(error: HostError) -> bool:
    """Whether the system refused because nothing may, or can, be written there at all."""
    import errno

    told = error.__cause__
    refused = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, *_FULL}
    return isinstance(told, OSError) and told.errno in refused


def is_there(path: Path) -> bool:
    """Whether something is at a path, as far as we may look.

    A home may be closed to us: `HOME=/root` in a container that runs as another user. Before
    Python 3.12 `Path.exists` raises then.
    """
    return os.path.exists(path)  # noqa: PTH110


def is_link(path: Path) -> bool:
    """Whether a path is a symbolic link, as far as we may look."""
    return os.path.islink(path)  # noqa: PTH114


def folder_size(path: Path) -> int:
    """Count the bytes of a file, or of all regular files below a folder.

    Links count nothing and are not followed; what vanishes meanwhile or may not be read neither.
    """
    if not path.is_dir():
        return _file_size(path)
    walked = files_below(path) if not path.is_symlink() else ()
    return sum(_file_size(Path(folder, name)) for folder, names in walked for name in names)


def _file_size(path: Path) -> int:
    with contextlib.suppress(OSError):
        status = path.lstat()
        return status.st_size if stat.S_ISREG(status.st_mode) else 0
    return 0


def as_bytes(content: str | bytes, path: Path) -> bytes:
    """Return what is to be written into a file, as UTF-8.

    Raises `HostError` for half a character, which texts of JSON and YAML can hold.
    """
    if isinstance(content, bytes):
        return content
    try:
        return content.encode()
    except UnicodeEncodeError as error:
        problem = f"{error.object[error.start]!r} is half a character"
        raise HostError(f"could not write `{path}`", causes=[problem]) from None


def write_atomically(
    path: Path, content: str | bytes, *, mode: int | None = None, lasting: bool = True
) -> None:
    """Replace a file so that readers, and a crash, see the old text or the new one, never half.

    The mode of an existing file is kept unless one is given, a symbolic link is written through
    to its target, and both file and folder are flushed to disk. Missing folders are made. What
    killed writers left in the folder is taken away. What is no file (a device, a pipe), or our own
    output, is written to and never replaced. Where it need not be `lasting` nothing is flushed, and
    a power failure may leave an empty file: for what is compared and written again. Below a
    workspace `wisp.engine.safe.root` writes instead.

    Raises:
        HostError: The operating system refused.

    """
    target = Path(os.path.realpath(path)) if is_link(path) else path
    data = as_bytes(content, path)
    try:
        if is_stream(path):
            _pour(path, data)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with opened(target.parent) as folder:
            replace_in(folder, target.name, data, mode=mode, lasting=lasting)
    except OSError as error:
        raise refusal("write", path, error) from error


def is_stream(path: Path) -> bool:
    """Whether a path leads to what can be written to and is no file, or to our own output."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or _own_output(path) is not None


def _own_output(path: Path) -> int | None:
    """Return the descriptor of ours that a link such as `/dev/stdout` leads to.

    It may be a file, to which whoever called us goes on to write.
    """
    for number in (1, 2) if is_link(path) else ():
        with contextlib.suppress(OSError):
            if os.path.samestat(path.stat(), os.fstat(number)):
                return number
    return None


def _pour(path: Path, data: bytes) -> None:
    number = _own_output(path)
    if number is None:
        path.write_bytes(data)
        return
    with os.fdopen(os.dup(number), "wb") as file:
        file.write(data)


def replace_in(
    folder: Folder, name: str, data: bytes, *, mode: int | None = None, lasting: bool = True
) -> None:
    """Replace a file of an open folder, as `write_atomically` does. Raises `OSError`."""
    bits = _mode_of(folder, name) if mode is None else mode

    def dress(handle: int) -> None:
        if bits is not None:
            _change_mode(handle, bits)

    replace_file(folder, name, data, dress, lasting=lasting, private=bits is not None)


def replace_file(
    folder: Folder,
    name: str,
    data: bytes,
    dress: Callable[[int], None],
    *,
    lasting: bool = True,
    private: bool = True,
) -> None:
    """Put a whole new file in the place of a file; `dress` prepares it, given its descriptor.

    `lasting` as in `write_atomically`. Unless it is `private` until then, it begins with the mode
    that the umask allows: to ask for the umask would change it for all threads meanwhile.

    Raises `OSError`, with nothing changed, when the operating system refuses.
    """
    sweep_in(folder)
    handle, draft = _open_draft(folder, name, 0o600 if private else 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            dress(file.fileno())
            if lasting:
                os.fsync(file.fileno())
            if sys.platform != "win32":
                folder.replace(draft, name)
        if sys.platform == "win32":  # where an open file cannot be renamed
            folder.replace(draft, name)
    except BaseException:
        with contextlib.suppress(OSError):
            folder.unlink(draft)
        raise
    if lasting:
        folder.flush()


def sweep_drafts(path: Path) -> None:
    """Remove the drafts of writers that were killed; those of living ones are locked and stay."""
    with contextlib.suppress(OSError), opened(path) as folder:
        sweep_in(folder)


def sweep_in(folder: Folder) -> None:
    """Remove such drafts of an open folder."""
    with contextlib.suppress(OSError):
        for name in folder.names():
            if name.startswith(".") and name.endswith(_DRAFT):
                with contextlib.suppress(OSError):
                    _remove_unlocked(folder, name)


def _open_draft(folder: Folder, name: str, mode: int) -> tuple[int, str]:
    """Make a draft beside a file, and lock it so that nobody sweeps it away."""
    while True:
        draft = f".{name}.{os.urandom(4).hex()}{_DRAFT}"
        handle = folder.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        mark_alive(handle)
        # Somebody may have swept in the moment before the lock.
        if sys.platform == "win32" or os.fstat(handle).st_nlink:
            return handle, draft
        os.close(handle)


def _mode_of(folder: Folder, name: str) -> int | None:
    """Return the mode of a file that is there; None where the umask decides."""
    found = folder.status(name)
    if found is not None and not stat.S_ISLNK(found.st_mode):
        return stat.S_IMODE(found.st_mode)
    return None


def _change_mode(handle: int, mode: int) -> None:
    if sys.platform != "win32":  # which has no such bits
        os.fchmod(handle, mode)


if sys.platform == "win32":

    def mark_alive(handle: int) -> None:
        """Do nothing: Windows lets nobody remove an open file."""

    def _remove_unlocked(folder: Folder, draft: str) -> None:
        folder.unlink(draft)

else:

    def mark_alive(handle: int) -> None:
        """Lock a file that this process is at work with; waits for another one to end."""
        import fcntl

        # A file system without locks lets nobody sweep either.
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)

    def _remove_unlocked(folder: Folder, draft: str) -> None:
        import fcntl

        handle = folder.open(draft, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            folder.unlink(draft)
        finally:
            os.close(handle)
