"""What was solved last for a script that has no lock file: used again as long as it still fits.

It lies in the cache. What is missing or damaged there is as if nothing had been solved.
"""

from __future__ import annotations

from wisp.api.spec_locks import read_lock, write_lock
from wisp.errors import LockFileError
from wisp.lock.aliases import adopt_platforms
from wisp.lock.model import LOCK_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.lock.model import LockFile


def remembered_lock(workspace: OpenedWorkspace) -> LockFile | None:
    """Return what was solved last, whether it still fits or not."""
    path = workspace.places.memory_of_lock
    if path is None:
        return None
    try:
        lock = read_lock(path)
    except (LockFileError, OSError):
        return None
    if lock is None or lock.version != LOCK_VERSION:
        return None
    platforms = {name: workspace.platforms(name) for name in workspace.environment_names}
    return adopt_platforms(lock, platforms)


def remember_lock(workspace: OpenedWorkspace, lock: LockFile) -> None:
    """Keep what was solved, if there is no lock file to keep it."""
    path = workspace.places.memory_of_lock
    if path is not None:
        write_lock(lock, path)
