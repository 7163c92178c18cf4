"""Reading the lock file of a workspace; nothing that could change it is imported."""

from __future__ import annotations

from wisp.errors import LockFileError
from wisp.foreign import place_of_no_text
from wisp.lock.failures import NewerLockFileError
from wisp.lock.model import LockFile
from wisp.rights import ways_to_read
from wisp.trust import LARGEST_LOCK, found_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def known_lock(workspace: OpenedWorkspace) -> LockFile | None:
    """Read the lock file; None if it is missing or empty, or from the future, which is warned of.

    What a merge has left with conflict markers is `conflicted`, and has the versions of both
    sides. Raises `LockFileError` if the file is damaged.
    """
    text = _text(workspace)
    if text is not None and not text.strip():
        return None  # a full disk leaves such files
    try:
        return _read(workspace, text, merge=True)
    except NewerLockFileError as error:
        workspace.reporter.warn(error.message, error.hints)
        return None


def required_lock(workspace: OpenedWorkspace) -> LockFile:
    """Read the lock file. Raises `LockFileError` if there is none that can be used."""
    lock = _read(workspace, _text(workspace))
    if lock is None:
        raise LockFileError(
            f"there is no lock file at `{workspace.lock_path}`",
            hints=_how_to_make_one(workspace),
        )
    return lock


def _how_to_make_one(workspace: OpenedWorkspace) -> tuple[str, ...]:
    command = workspace.places.lock_command
    if command is None:
        return ("a script that is no file of its own cannot be locked",)
    return (f"run `pixi {command}` to make one",)


def _text(workspace: OpenedWorkspace) -> str | None:
    path = workspace.lock_path
    try:
        return found_text(path, LARGEST_LOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LockFileError(
            f"Failed to load lock file from `{path}`",
            causes=(error.strerror or str(error),),
            hints=ways_to_read(path, error),
        ) from error
    except UnicodeDecodeError as error:
        raise LockFileError(
            f"Failed to load lock file from `{path}`",
            causes=("it is not UTF-8 text",),
            place=place_of_no_text(error, path),
        ) from error


def _read(workspace: OpenedWorkspace, text: str | None, *, merge: bool = False) -> LockFile | None:
    if text is None:
        return None
    try:
        return _parsed(workspace, text, merge=merge)
    except NewerLockFileError:
        raise
    except LockFileError as error:
        if not workspace.lock_path.is_symlink():
            raise
        # What lies there may be a secret: none of it is shown.
        raise LockFileError(
            f"Failed to load lock file from `{workspace.lock_path}`",
            causes=("it is a symbolic link, and what it leads to is no lock file",),
        ) from error


def _parsed(workspace: OpenedWorkspace, text: str, *, merge: bool) -> LockFile | None:
    if "<<<<<<<" in text:
        from wisp.lock.conflict import conflict, merged_sides, sides_of

        sides = sides_of(text)
        if sides is not None and merge:
            return merged_sides(sides, str(workspace.lock_path), workspace.locked_platforms)
        if sides is not None:
            raise conflict(text, str(workspace.lock_path))
    from wisp.lock.read import read

    return read(text, str(workspace.lock_path), workspace.locked_platforms)
