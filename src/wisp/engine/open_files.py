"""How many files this process may have open: many packages are unpacked and linked at once."""

from __future__ import annotations

import sys
from contextlib import suppress

#: Enough for what we do. More would be handed on to tasks, some of which go through all numbers.
_ENOUGH = 16384


def raise_limit() -> None:
    """Raise the soft limit as far as we need and the hard one lets us; it is never lowered.

    On Windows there is no such limit.
    """
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(_ENOUGH, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    # A system may allow less than it says, as macOS does; then the limit stays as it is.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
