"""Whether a folder of programs that is found by its name alone is one that we have made.

In a cache that several users share, whoever comes first decides what lies under a name. What runs
from there has to be ours, or root's.
"""

from __future__ import annotations

from pathlib import Path

from wisp.errors import HostError
from wisp.trust import doubt_about


def require_own(folder: Path) -> None:
    """Refuse a folder of programs that a stranger owns, that everybody may write to, or a link.

    One that is not there is no matter.

    Raises:
        HostError: Whose it is, and what to do.

    """
    reason = doubt_about(str(folder))
    if reason is not None:
        raise HostError(
            f"nothing is run from `{folder}`",
            causes=[reason],
            hints=("keep such environments elsewhere: PIXI_CACHE_EXEC_ENVIRONMENTS_DIR",),
        )
