"""Whether the links of a prefix lead anywhere but into it, asked before anything changes there.

rattler and uv write below a prefix by paths. Links of packages to files and folders of the prefix
are as good as what they lead to; through a link that leads out, their files would land elsewhere,
and what lies there would be taken for theirs and removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from wisp import layout
from wisp.engine.safe.root import ForeignLinkError

_SHOWN = 5
_DIST_INFO = ".dist-info"


def refuse_outward(prefix: Path, found: Sequence[Path]) -> None:
    """Raise `ForeignLinkError` if there are links that lead out of a prefix, and were found."""
    if not found:
        return
    shown = [f"`{path}` leads to `{os.path.realpath(path)}`" for path in found[:_SHOWN]]
    raise ForeignLinkError(
        f"the environment `{prefix}` has symbolic links that lead out of it",
        causes=(*shown, *(["…"] if len(found) > _SHOWN else [])),
        hints=(
            "remove the environment with `wisp clean` and install it anew",
            "or, if the links are yours, accept them by `wisp trust`",
        ),
    )


def outward_links(prefix: Path) -> Iterator[Path]:
    """Find the links through which something outside of a prefix could be written or removed.

    These are links to folders, and any link beside the records in `conda-meta`, at the top, or
    among what describes a wheel, where wisp, rattler and uv write files of their own.
    """
    home = os.path.realpath(prefix)
    inside = home + os.sep
    pending = [str(prefix)]
    written = {pending[0], os.path.join(pending[0], layout.CONDA_META)}  # noqa: PTH118
    while pending:
        folder = pending.pop()
        try:
            entries = os.scandir(folder)
        except OSError:
            continue  # it is not there, or nobody can write in it
        with entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                elif entry.is_symlink() and (
                    folder in written or folder.endswith(_DIST_INFO) or _is_folder(entry)
                ):
                    target = os.path.realpath(entry.path)
                    if not (target + os.sep).startswith(inside):
                        yield Path(entry.path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether a link leads to a folder; one that leads in a circle leads to nothing."""
    try:
        return entry.is_dir()
    except OSError:
        return False
