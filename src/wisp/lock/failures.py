"""The ways in which the text of a lock file can fail to be one."""

from __future__ import annotations

from wisp.errors import LockFileError, Place
from wisp.lock.model import LOCK_VERSION


class NewerLockFileError(LockFileError):
    """The lock was written by a newer tool; callers may treat it as absent (with a warning)."""

    def __init__(self, version: int, file: str) -> None:
        super().__init__(
            f"Lock-file version {version} is newer than supported",
            hints=(
                f"the newest supported lock-file version is {LOCK_VERSION}; "
                "update to a newer release to use this lock file",
            ),
            place=Place(file),
        )
        self.version = version


def damaged(
    detail: str, file: str, line: int = 0, column: int = 1, *, text: str = ""
) -> LockFileError:
    """Build the error of a text that is not a lock, at a 1-based line and column of `text`."""
    place = Place(file, line, column, text=text) if line else Place(file)
    return LockFileError(
        f"Failed to load lock file from `{file}`",
        causes=(detail,),
        hints=("bring back a version that was sound, or delete the file and run `pixi lock`",),
        place=place,
    )


def damaged_at(
    detail: str, file: str, text: str, needle: str, *, last: bool = False
) -> LockFileError:
    """Build the error of a lock that is wrong where `needle` stands first, or last."""
    at = text.rfind(needle) if last else text.find(needle)
    if at < 0:
        return damaged(detail, file)
    line_start = text.rfind("\n", 0, at) + 1
    line = text.count("\n", 0, at) + 1
    return damaged(detail, file, line, at - line_start + 1, text=text)
