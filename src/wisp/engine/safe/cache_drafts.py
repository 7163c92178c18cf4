"""What killed programs were unpacking into the package cache, which nobody will ever ask for again.

rattler unpacks into `.NAME-VERSION-BUILD` and six signs beside the entry's lock file, and gives the
folder its name when it is whole. All that work there hold a lock on the cache; earlier releases of
rattler, as other programs may have, one on the entry.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from wisp.engine.file_locks import held_file
from wisp.engine.trees import remove_tree
from wisp.errors import HostError

_SIGNS = 6
#: What everybody holds who installs from a cache.
CACHE_LOCK = ".cache.lock"


def sweep_drafts(cache: Path) -> None:
    """Remove the drafts in a package cache that nobody works on; never fails, never waits."""
    try:
        drafts = [name for name in os.listdir(cache) if _is_draft(cache, name)]  # noqa: PTH208
    except OSError:
        return
    if not drafts:
        return
    with contextlib.suppress(HostError), held_file(cache / CACHE_LOCK, wait=False):
        for name in drafts:
            entry = cache / _entry_lock(name)
            with (
                contextlib.suppress(HostError, OSError),
                held_file(entry, wait=False),
            ):
                remove_tree(cache / name)


def _is_draft(cache: Path, name: str) -> bool:
    return name.startswith(".") and len(name) > _SIGNS + 1 and (cache / _entry_lock(name)).is_file()


def _entry_lock(draft: str) -> str:
    return f"{draft[1:-_SIGNS]}.lock"
