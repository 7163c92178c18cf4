"""Writes that an environment is ready, for the fast lane (`snapshot_writer` does all the rest)."""

from __future__ import annotations

import time
from pathlib import Path

from wisp import layout
from wisp.api import snapshot
from wisp.api.use.activating import ActivationRequest, activation_of, doubts_about
from wisp.api.use.snapshot_writer import current_snapshot, has_sources
from wisp.lock.model import LockFile
from wisp.workspace.activation import activation_of as declared_activation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.tasks.catalogue import Catalogue


def remember_environment(
    workspace: OpenedWorkspace,
    catalogue: Catalogue,
    lock: LockFile,
    request: ActivationRequest,
    digest: str,
) -> None:
    """Remember that an environment is ready, and all tasks with it.

    `digest` is the environment's part of task fingerprints. Called when the lock was checked and
    the prefix is what it says. Nothing is remembered where a later change could not be seen, or
    where there is something to be warned of each time.
    """
    if workspace.config.use_activation_cache or has_sources(lock):
        return
    declared = declared_activation(
        workspace.manifest, workspace.require_environment(request.environment), request.platform
    )
    if doubts_about(workspace.root, declared.scripts or ()):
        return
    current = current_snapshot(workspace, catalogue, lock)
    if current is None:
        return
    activation = activation_of(workspace, request)
    meta = Path(activation.prefix, layout.CONDA_META)
    files = [
        str(meta / layout.PREFIX_MARKER),
        str(meta / layout.PREFIX_FINGERPRINT),
        *(str(workspace.root / script) for script in declared.scripts or ()),
    ]
    current.ready[request.environment] = {
        "files": snapshot.observe(files, time.time_ns()),
        "prefix": activation.prefix,
        "project": activation.project,
        "scripts": activation.scripts,
        "env": activation.env,
        "facts": digest,
    }
    snapshot.write(str(workspace.root), current, workspace.environ)
