"""What follows an edit of the manifest: the lock, then the default environment."""

from __future__ import annotations

from pathlib import Path

from wisp.api.folders import prepare
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.judging import LockOutcome
from wisp.api.locks.locking import ensure_lock, relock
from wisp.api.machine_platform import fits_here
from wisp.api.opened import OpenedWorkspace
from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.lock.model import LockFile
from wisp.lock.views import Difference
from wisp.manifest.model import Manifest
from wisp.solve.unpin import Unpin
from wisp.values import dataclass


@dataclass(frozen=True, slots=True)
class LockAndSync:
    """Locks a workspace and installs its default environment, as far as `usage` lets it.

    `lenient` is for edits of channels and platforms: a lock that must not change is installed as
    it is. Where no platform of the environment runs on this machine, nothing is installed.
    """

    workspace: OpenedWorkspace
    usage: LockUsage = AS_NEEDED
    lenient: bool = False

    @property
    def lock_path(self) -> Path:
        """The lock file of the workspace."""
        return self.workspace.places.lock

    def lock(
        self, manifest: Manifest, unpin: Unpin | None = None, *, dry_run: bool = False
    ) -> LockOutcome | None:
        """Lock an edited manifest; None where the lock file must not change.

        Only the block of a script is edited that has no lock file beside it: nothing is solved.
        """
        if not self.workspace.places.writes_lock_unasked:
            return None
        edited = self.workspace.with_manifest(manifest)
        if not dry_run:
            prepare(self.workspace.places, self.workspace.reporter)
        if self.usage.lock_is_fixed:
            if not self.lenient or self.usage.no_install:
                return None
            known = ensure_lock(edited, self.usage)
            return LockOutcome(lock=known, changed=False, difference=Difference())
        return relock(edited, unpin, dry_run=dry_run)

    def install(self, manifest: Manifest, lock: LockFile) -> None:
        """Install the default environment where it is the only one."""
        from wisp.api.use.installing import install_locked

        if self.usage.no_install or len(manifest.environments) > 1:
            return
        edited = self.workspace.with_manifest(manifest)
        if not fits_here(manifest, edited.session, DEFAULT_ENVIRONMENT):
            if not self.lenient:
                edited.reporter.warn(
                    f"'{DEFAULT_ENVIRONMENT}' is not installed: no platform of it runs on this "
                    f"machine ({edited.session.subdir})"
                )
            return
        platform = edited.best_platform(DEFAULT_ENVIRONMENT)
        install_locked(edited, lock, {DEFAULT_ENVIRONMENT: platform})
