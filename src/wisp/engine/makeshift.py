"""Caches for one process alone, where the user's own cannot be written.

Users without a home (a container that runs as any user, a service) and read-only file systems have
none. What a cache is for is speed, so its absence stops nothing. The folder is gone with the
process; that of one that was killed, or became another program, goes once nobody holds it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
from pathlib import Path

from wisp.engine.scratch import scratch_folder
from wisp.errors import HostError
from wisp.specs.settings import CacheFolders
from wisp.values import fields, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PREFIX = "wisp-cache-"
_held = contextlib.ExitStack()


def usable(caches: CacheFolders) -> CacheFolders:
    """Return these caches, or such for this process alone if their root takes nothing.

    Environments that are kept detached have to last, and stay where they are.
    """
    if os.name == "nt" or _takes_files(caches.root):
        return caches
    import tempfile

    try:
        own = f"{_PREFIX}{os.geteuid()}-"
        root = _held.enter_context(scratch_folder(Path(tempfile.gettempdir()), own, outlives=True))
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


def remove() -> None:
    """Remove what was made, as the process does when it ends."""
    _held.close()


atexit.register(remove)


def _takes_files(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)
