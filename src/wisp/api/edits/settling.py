"""What follows an edit of the manifest: the lock, then the default environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wisp.api.edits.transaction import Relock
from wisp.api.usage import AS_NEEDED, Usage
from wisp.engine.files import restoring
from wisp.errors import UsageError
from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.lock.model import LockFile
from wisp.manifest.model import Manifest
from wisp.values import dataclass
from wisp.workspace.platforms import select_platform

if TYPE_CHECKING:
    from wisp.api.locks.locking import LockOutcome
    from wisp.api.opened import OpenedWorkspace
    from wisp.solve.unlock import Release


@dataclass(slots=True)
class Settler:
    """Brings lock and default environment to edited manifests; holds the lock that came of it."""

    workspace: OpenedWorkspace
    usage: Usage = AS_NEEDED
    lock: LockFile | None = None

    def solve(self, manifest: Manifest, release: Release | None = None) -> LockFile | None:
        """Lock an edited manifest, letting go of some packages; None where that is off.

        The folder of the workspace has to be locked by the caller.
        """
        from wisp.api.folders import prepare
        from wisp.api.locks.relocking import relock

        if self.usage.keeps_lock:
            return None
        prepare(self.workspace.places, self.workspace.reporter)
        self.lock = relock(self.workspace.with_manifest(manifest), release).lock
        return self.lock

    def renew(
        self, manifest: Manifest, released: Sequence[str], *, dry_run: bool = False
    ) -> LockOutcome:
        """Solve an edited manifest anew without the locked versions of the named packages.

        Raises `UsageError` where the lock file must not change.
        """
        from wisp.api.folders import prepare
        from wisp.api.locks.relocking import renew

        if self.usage.keeps_lock:
            raise UsageError("an upgrade has to change the lock file, which the options forbid")
        if not dry_run:
            prepare(self.workspace.places, self.workspace.reporter)
        outcome = renew(self.workspace.with_manifest(manifest), released, dry_run=dry_run)
        self.lock = outcome.lock
        return outcome

    def install(self, manifest: Manifest) -> None:
        """Install the default environment where it is the only one, from what was locked."""
        from wisp.api.use.installing import install_locked

        if self.usage.no_install or self.lock is None or len(manifest.environments) > 1:
            return
        workspace = self.workspace.with_manifest(manifest)
        platform = workspace.best_platform(DEFAULT_ENVIRONMENT)
        install_locked(workspace, self.lock, {DEFAULT_ENVIRONMENT: platform})


def relock_and_install(workspace: OpenedWorkspace, usage: Usage) -> Relock:
    """Return what an edit of channels or platforms calls once the manifest is written.

    Manifest and lock may end without a platform of this machine; then nothing is installed.
    """

    def relock(manifest: Manifest) -> None:
        from wisp.api.locks.locking import ensure_lock

        settler = Settler(workspace, usage)
        with restoring(workspace.lock_path):
            if settler.solve(manifest) is None and not usage.no_install:
                edited = workspace.with_manifest(manifest)
                settler.lock = ensure_lock(edited, usage)
            if _runs_here(workspace.with_manifest(manifest)):
                settler.install(manifest)

    return relock


def _runs_here(workspace: OpenedWorkspace) -> bool:
    environment = workspace.require_environment(DEFAULT_ENVIRONMENT)
    return select_platform(workspace.manifest, environment, *workspace.host) is not None
