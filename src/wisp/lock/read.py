"""Lock files from text to values: every version from 1 to 7."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wisp.errors import LockFileError
from wisp.lock import modern
from wisp.lock.failures import NewerLockFileError, damaged, damaged_at, nested_too_deeply
from wisp.lock.getters import EntryError
from wisp.lock.model import LOCK_VERSION, LockFile
from wisp.lock.yaml import parse
from wisp.platforms import Platform
from wisp.specs.controls import PROSE, find_control

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: From this version on a lock is a list of environments; before, it was conda-lock's flat list.
_FIRST_WITH_ENVIRONMENTS = 4


def read(text: str, file: str, platforms: Sequence[Platform] = ()) -> LockFile:
    """Read the text of a lock file; `file` is its name in messages.

    `platforms` are those of the workspace, whose names replace the aliases that rich platforms
    have on disk. Raises `LockFileError` for damaged text, with the place, and its child
    `NewerLockFileError` for a version this release does not know.
    """
    if not text.strip():
        raise damaged("it is empty", file)
    try:
        return _read(text, file, platforms)
    except LockFileError:
        raise
    except RecursionError:
        raise nested_too_deeply(file, text) from None
    except Exception as error:  # whatever a stranger's text leads to is no fault of the program
        raise damaged(f"it cannot be read ({error})", file) from error  # where, nobody knows


def _read(text: str, file: str, platforms: Sequence[Platform]) -> LockFile:
    document = parse(text, file)
    found = find_control(document, lambda path: path[-1] in PROSE)
    if found is not None:
        where = ".".join(map(str, found))
        raise damaged_at(f"there is a control character in `{where}`", file, text, found)
    version = _version(document, text, file)
    try:
        return _body_of(version)(version, document, platforms)
    except EntryError as error:
        raise damaged_at(str(error), file, text, error.path) from None


def _body_of(version: int) -> Callable[[int, Any, Sequence[Platform]], LockFile]:
    """Return what reads the rest of a lock of this version."""
    if version >= _FIRST_WITH_ENVIRONMENTS:
        return modern.body
    from wisp.lock.legacy import body

    return body


def _version(document: Any, text: str, file: str) -> int:
    if not isinstance(document, dict):
        raise damaged("a lock file is a mapping that begins with `version`", file, 1, text=text)
    version = document.get("version")
    if version is None:
        raise damaged("missing field `version`", file, 1, text=text)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise damaged_at(f"invalid version `{version}`", file, text, ("version",))
    if version > LOCK_VERSION:
        raise NewerLockFileError(version, file)
    return version
