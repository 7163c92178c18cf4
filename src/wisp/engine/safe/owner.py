"""Whether what is found in a cache by its name alone is what we have put there.

In a cache that several users share, whoever comes first decides what lies under a name. What runs
from there has to be ours, or root's; what is only read is believed of the same.
"""

from __future__ import annotations

import contextlib
import os
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
            hints=("keep such environments elsewhere: PIXI_CACHE_DIR",),  # `exec` heeds no other
        )


def drop_foreign(folder: str | Path, owners: frozenset[int] | None, depth: int = 1) -> None:
    """Remove the files of a folder, and `depth` folders deeper, that belong to none of `owners`.

    Whoever owns a file may write to it, also where nobody else may write to its folder by now.
    """
    if owners is None:
        return
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if depth:
                    drop_foreign(entry.path, owners, depth - 1)
            elif entry.stat(follow_symlinks=False).st_uid not in owners:
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108 - there may be thousands
