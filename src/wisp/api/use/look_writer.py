"""Writes what commands printed that only look, to be printed again (`wisp.api.quick`).

It loads little: a look costs less than to make a snapshot.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from wisp.api import snapshot
from wisp.api.use.snapshot_base import base_of, holds, looked_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def remember_look(
    workspace: OpenedWorkspace,
    words: Iterable[str],
    text: str,
    notes: tuple[str, ...] = (),
    environment: str | None = None,
) -> None:
    """Remember what a command printed that only looks.

    `notes` are the lines it wrote beside its answer. Where `environment` is given, the answer is
    about what the lock and a prefix have of it.
    """
    if environment is not None and _names_local_packages(workspace.lock_path):
        return
    base = base_of(workspace, None)
    if base is None:
        return
    root, environ = str(workspace.root), workspace.environ
    looks = snapshot.read_looks(root, environ)
    if looks is None or not holds(looks["base"], base):
        looks = {"base": base, "manifest": str(workspace.manifest.path), "answers": {}}
    files = [] if environment is None else looked_at(workspace, environment)
    looks["answers"]["\0".join((*words, snapshot.shade(environ)))] = {
        "text": text,
        "notes": notes,
        "files": snapshot.observe(map(str, files), time.time_ns()),
        "facts": snapshot.looked_on(environ, str(workspace.lock_path)),
    }
    snapshot.write_looks(root, looks, environ)


def _names_local_packages(lock: Path) -> bool:
    """Whether a lock of our own has packages that are built here; reading it would take long."""
    entries = [line.strip() for line in lock.read_text(encoding="utf-8").splitlines()]
    return any(
        line.startswith(("- conda_source:", "- source:"))
        or (line.startswith("- pypi:") and "://" not in line)
        for line in entries
    )
