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


def drop_foreign(folder: str | Path, owners: frozenset[int] | None, depth: int = 1) -> bool:
    """Remove the files of a folder, and `depth` folders deeper, that belong to none of `owners`.

    Whoever owns a file may write to it, also where nobody else may write to its folder by now.
    Tell whether none is left; one that others take away meanwhile is none.
    """
    if owners is None:
        return True
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if depth and not drop_foreign(entry.path, owners, depth - 1):
                        return False
                    continue
                with contextlib.suppress(FileNotFoundError):
                    if entry.stat(follow_symlinks=False).st_uid not in owners:
                        os.unlink(entry.path)  # noqa: PTH108 - there may be thousands
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
