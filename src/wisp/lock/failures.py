"""The ways in which the text of a lock file can fail to be one."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.errors import LockFileError, Place
from wisp.lock.model import LOCK_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.lock.getters import Key


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


def damaged_at(detail: str, file: str, text: str, path: Sequence[Key]) -> LockFileError:
    """Build the error of a lock in which the value that `path` leads to is wrong."""
    from wisp.lock.positions import position

    return damaged(detail, file, *position(text, path), text=text)


def nested_too_deeply(file: str, text: str) -> LockFileError:
    """Build the error of a lock in which more is begun than the reader can hold."""
    from wisp.lock.positions import deepest

    return damaged("it is nested too deeply", file, deepest(text), text=text)
