"""The list that conda keeps of a user's environments: `~/.conda/environments.txt`, a prefix a line.

VS Code, PyCharm and conda look there for environments that lie anywhere. The file is written where
it exists, or where the configuration wants it (`conda-environments-txt`); a failure is only told.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from wisp.config.files import home_folder
from wisp.engine.exclusive import exclusive_folder
from wisp.engine.files import is_there
from wisp.engine.rewriting import rewrite
from wisp.errors import HostError
from wisp.layout import CONDA_META
from wisp.trust import found_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace

_KEY = "conda-environments-txt"


def add_to_list(workspace: OpenedWorkspace, prefixes: Iterable[Path]) -> None:
    """Add the prefixes of a workspace that hold packages, as far as they are not listed."""
    if workspace.places.is_single:
        return
    rows = [os.fsencode(one) for one in prefixes if (one / CONDA_META).is_dir()]
    _change(workspace, lambda known: [*known, *(row for row in rows if row not in known)])


def take_off_list(workspace: OpenedWorkspace, folder: Path) -> None:
    """Take a prefix off the list, or all below a folder."""
    gone = os.fsencode(folder)
    below = gone + os.sep.encode()
    _change(
        workspace,
        lambda known: [row for row in known if row != gone and not row.startswith(below)],
    )


def _change(workspace: OpenedWorkspace, change: Callable[[list[bytes]], list[bytes]]) -> None:
    file = home_folder(workspace.environ) / ".conda" / "environments.txt"
    wanted = workspace.config.get(_KEY)
    if wanted is False or (not wanted and not is_there(file)):
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with exclusive_folder(file.parent):
            before = found_bytes(file).splitlines() if file.exists() else []
            after = change(before)
            if after != before:
                rewrite(file, b"".join(row + b"\n" for row in after))
    except (OSError, HostError) as error:
        workspace.reporter.warn(f"`{file}` was not changed: {error}")
