"""Caches for one process alone, where the user's own cannot be written.

Users without a home (a container that runs as any user, a service) and read-only file systems have
none. What a cache is for is speed, so its absence stops nothing. All sessions of the process share
the folder, which is gone with it; that of one that was killed, or became another program, goes
once nobody holds it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
from pathlib import Path

from wisp.engine.files import is_there
from wisp.engine.scratch import scratch_folder
from wisp.errors import HostError
from wisp.specs.settings import CacheFolders
from wisp.values import fields, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PREFIX = "wisp-cache-"
_held = contextlib.ExitStack()
_made: dict[Path, Path] = {}
_guard = threading.Lock()


def usable(caches: CacheFolders) -> CacheFolders:
    """Return these caches, or such for this process alone if their root takes nothing.

    Environments that are kept detached have to last, and stay where they are.
    """
    if os.name == "nt" or _takes_files(caches.root):
        return caches
    try:
        root = stand_in(caches.root)
    except (HostError, OSError):  # then the first use tells what is wrong
        return caches
    moved: dict[str, Any] = {
        one.name: root / path.relative_to(caches.root)
        for one in fields(caches)
        if one.name != "detached_environments"
        and isinstance(path := getattr(caches, one.name), Path)
        and path.is_relative_to(caches.root)
    }
    return replace(caches, **moved, instead_of=caches.root)


def stand_in(folder: Path) -> Path:
    """Return the empty folder that stands in for one in this process, the same for all who ask.

    Raises `HostError` or `OSError` where nothing can be made.
    """
    import tempfile

    with _guard:
        if folder not in _made:
            place, own = Path(tempfile.gettempdir()), f"{_PREFIX}{os.geteuid()}-"
            _made[folder] = _held.enter_context(scratch_folder(place, own, outlives=True))
        return _made[folder]


def remove() -> None:
    """Remove what was made, as the process does when it ends."""
    _made.clear()
    _held.close()


atexit.register(remove)


def _takes_files(folder: Path) -> bool:
    while not is_there(folder) and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)
