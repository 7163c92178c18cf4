"""Making sure that an environment can be used: locked, installed, fit for this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wisp.api import folders
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.errors import ManifestError
from wisp.install.state import lock_hash, needs_full_check, quick_check, virtual_requirements
from wisp.lock.model import LockFile
from wisp.lock.select import locked_environment
from wisp.platforms import Platform
from wisp.workspace.platforms import select_platform

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def run_platform(
    workspace: OpenedWorkspace, lock: LockFile, environment: str, wanted: str | None = None
) -> Platform | None:
    """Return the platform of an environment to use here; None if it declares none at all.

    A machine that fits no declared platform may still provide all that the locked packages need,
    which is worth a warning. Raises `ManifestError` if it does not.
    """
    found = workspace.require_environment(environment)
    platforms = workspace.platforms(environment)
    if wanted is not None:
        return workspace.best_platform(environment, wanted)
    best = select_platform(workspace.manifest, found, *workspace.host)
    if best is not None or not platforms:
        return best
    subdir, provided = workspace.host
    for platform in platforms:
        if platform.subdir != subdir or environment not in lock.environments:
            continue
        records = locked_environment(lock, environment, platform.name, workspace.root).records
        needed = virtual_requirements(records)
        from wisp.specs.match import parse_spec

        if all(any(parse_spec(spec).matches(p) for p in provided) for spec in needed):
            if records:
                workspace.reporter.warn(
                    f"this machine is not platform '{platform.name}' of environment "
                    f"'{environment}', but provides what its packages need"
                )
            return platform
    known = ", ".join(platform.name for platform in platforms)
    raise ManifestError(
        f"unsupported platform: environment '{environment}' does not support this machine "
        f"('{subdir}')",
        hints=(f"it supports {known}", f"add it with `pixi workspace platform add {subdir}`"),
    )


def ensure_installed(
    workspace: OpenedWorkspace,
    lock: LockFile,
    environment: str,
    platform: Platform | None,
    usage: LockUsage = AS_NEEDED,
) -> None:
    """Install an environment unless its marker says that it holds what is locked.

    An environment without packages is never installed.
    Raises `ManifestError` if what is installed cannot run on this machine.
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
    if locked.records and platform.subdir not in (workspace.host[0], "noarch"):
        raise ManifestError(
            f"the installed environment '{environment}' cannot run on platform "
            f"'{workspace.host[0]}'"
        )
