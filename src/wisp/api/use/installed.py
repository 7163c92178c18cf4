"""Making sure that an environment can be used: locked, installed, fit for this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wisp.api import folders
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.errors import ManifestError
from wisp.install.state import lock_hash, needs_full_check, quick_check
from wisp.lock.model import LockFile
from wisp.lock.select import locked_environment
from wisp.platforms import Platform

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def ensure_installed(
    workspace: OpenedWorkspace,
    lock: LockFile,
    environment: str,
    platform: Platform | None,
    usage: LockUsage = AS_NEEDED,
) -> None:
    """Install an environment unless its marker says that it holds what is locked.

    An environment without packages is never installed. Raises `ManifestError` if what is installed
    cannot run on this machine, which nobody checks who installs nothing.
    """
    folders.prepare(workspace.places, workspace.reporter)
    if platform is None:
        return
    locked = locked_environment(lock, environment, platform.name, workspace.root)
    if locked.records and not usage.no_install:
        holds = quick_check(workspace.prefix(environment), lock_hash(locked))
        if not holds or needs_full_check(locked.records):
            from wisp.api.use.installing import install_locked

            install_locked(workspace, lock, {environment: platform})
    if usage.no_install:
        return
    if locked.records and platform.subdir not in (workspace.host[0], "noarch"):
        raise ManifestError(
            f"the installed environment '{environment}' cannot run on platform "
            f"'{workspace.host[0]}'"
        )
