"""Reading the lock file of a workspace; nothing that could change it is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wisp.errors import LockFileError
from wisp.lock.failures import NewerLockFileError
from wisp.lock.model import LockFile
from wisp.lock.read import read

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def known_lock(workspace: OpenedWorkspace) -> LockFile | None:
    """Read the lock file; None if there is none, or one from the future, which is warned of.

    Raises `LockFileError` if the file is damaged.
    """
    try:
        return _read(workspace)
    except NewerLockFileError as error:
        workspace.reporter.warn(error.message, error.hints)
        return None


def required_lock(workspace: OpenedWorkspace) -> LockFile:
    """Read the lock file. Raises `LockFileError` if there is none that can be used."""
    lock = _read(workspace)
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


def _read(workspace: OpenedWorkspace) -> LockFile | None:
    path = workspace.lock_path
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise LockFileError(
            f"Failed to load lock file from `{path}`", causes=("it is not UTF-8 text",)
        ) from error
    return read(text, str(path), workspace.locked_platforms)
