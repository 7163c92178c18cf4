"""The facade: a workspace that can be asked and told, without printing or exiting.

    from wisp import Workspace

    workspace = Workspace.open()
    outcome = workspace.lock()
    workspace.install(["default"])
    variables = workspace.activation("default")

The larger deeds live in modules of their own (`wisp.api.locks.locking`, `wisp.api.use.installing`,
`wisp.api.use.running`); this class holds what they share.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wisp import layout
from wisp.api.lock_usage import LockUsage
from wisp.api.opened import OpenedWorkspace
from wisp.api.opening import WorkspaceSource, own_program, read_workspace
from wisp.report import SILENT, Reporter

if TYPE_CHECKING:
    from wisp.api.locks.judging import LockOutcome
    from wisp.api.use.installing import InstallReport
    from wisp.install.selection import InstallFilter


class Workspace(OpenedWorkspace):
    """An opened workspace with its deeds."""

    # Opening

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        name: str | None = None,
        script: str | None = None,
        cwd: Path | None = None,
        environ: Mapping[str, str] | None = None,
        reporter: Reporter = SILENT,
        overrides: Mapping[str, Any] | None = None,
        no_config: bool = False,
        config_file: Path | None = None,
        origin: str | None = None,
    ) -> Workspace:
        """Open the workspace at `path`, or the nearest one around the current directory.

        `path` is a manifest or the folder it is in, `name` a registered workspace, `script` a
        file with a PEP 723 block. `overrides` are configuration keys, dotted, with their values.

        Raises:
            ManifestError: There is no manifest, or it is faulty.
            ConfigError: A configuration file that must be read cannot be.

        """
        source = WorkspaceSource(
            path=None if path is None else Path(path),
            name=name,
            script=script,
            cwd=Path.cwd() if cwd is None else cwd,
            environ=os.environ if environ is None else environ,
            overrides=overrides or {},
            no_config=no_config,
            config_file=config_file,
        )
        session, manifest = read_workspace(source, reporter)
        return cls(session, manifest, origin=origin)

    # Deeds

    def lock(self, *, dry_run: bool = False) -> LockOutcome:
        """Bring the lock file up to date and tell what changed."""
        from wisp.api.locks.locking import lock

        return lock(self, dry_run=dry_run)

    def update(
        self,
        packages: Sequence[str] = (),
        *,
        environments: Sequence[str] = (),
        platforms: Sequence[str] = (),
        dry_run: bool = False,
    ) -> LockOutcome:
        """Let go of locked versions, of all or the named packages, and lock anew."""
        from wisp.api.locks.relocking import update

        return update(self, packages, environments, platforms, dry_run=dry_run)

    def install(
        self,
        environments: Sequence[str] = (),
        *,
        every: bool = False,
        platform: str | None = None,
        locked: bool = False,
        frozen: bool = False,
        chosen: InstallFilter | None = None,
    ) -> InstallReport:
        """Install environments (`default` unless named), locking them first where needed.

        `locked` and `frozen` are as in `wisp.api.lock_usage.Usage`, `chosen` leaves packages out.
        Raises what `wisp.api.use.installing.install` raises.
        """
        from wisp.api.prefixes import EVERYTHING_CHOSEN
        from wisp.api.use.installing import InstallRequest, install

        usage = LockUsage(locked=locked, frozen=frozen)
        request = InstallRequest(
            environments=environments, every=every, platform=platform, usage=usage
        )
        return install(self, request, chosen or EVERYTHING_CHOSEN)

    def reinstall(
        self,
        packages: Sequence[str] = (),
        *,
        environments: Sequence[str] = (),
        every: bool = False,
        platform: str | None = None,
        locked: bool = False,
        frozen: bool = False,
    ) -> InstallReport:
        """Install packages, or all, anew. Raises what `wisp.api.use.installing.install` raises."""
        from wisp.api.use.installing import InstallRequest, reinstall

        usage = LockUsage(locked=locked, frozen=frozen)
        request = InstallRequest(
            environments=environments, every=every, platform=platform, usage=usage
        )
        return reinstall(self, request, packages)

    def activation(self, environment: str = layout.DEFAULT_ENVIRONMENT) -> dict[str, str]:
        """Return all variables of a process in an environment, which is installed if need be."""
        from wisp.api.use.activated import ActivationOptions, enter

        options = ActivationOptions(program=own_program(self.environ), environment=environment)
        return enter(self, options).changes().applied_to(self.environ)

    def run(
        self,
        words: Sequence[str],
        *,
        environment: str | None = None,
        cwd: Path | None = None,
        locked: bool = False,
        frozen: bool = False,
    ) -> int:
        """Run a task or a command, with output on this process's streams; return its exit code.

        One word is read as the task shell reads it, several are taken as they are.
        """
        from wisp.api.use.run_options import RunOptions
        from wisp.api.use.running import run_words

        options = RunOptions(
            program=own_program(self.environ),
            cwd=cwd or Path.cwd(),
            environment=environment,
            usage=LockUsage(locked=locked, frozen=frozen),
            warn=self.reporter.warn,
        )
        return run_words(self, words, options)

    def add(
        self,
        words: Sequence[str],
        *,
        pypi: bool = False,
        feature: str = layout.DEFAULT_FEATURE,
        platforms: Sequence[str] = (),
    ) -> OpenedWorkspace:
        """Put requirements into the manifest, lock and install; return the workspace as it is then.

        Whatever fails, manifest and lock file are as they were.
        """
        from wisp.api.edits.adding import add
        from wisp.api.edits.requests import AddRequest
        from wisp.api.edits.sync import LockAndSync

        sync = LockAndSync(self)
        done = add(
            self.manifest,
            AddRequest(words=words, pypi=pypi, feature=feature, platforms=platforms),
            sync,
            strategy=self.config.pinning_strategy,
        )
        return self.with_manifest(done.manifest)

    def remove(
        self,
        names: Sequence[str],
        *,
        pypi: bool = False,
        feature: str = layout.DEFAULT_FEATURE,
        platforms: Sequence[str] = (),
    ) -> OpenedWorkspace:
        """Take requirements out of the manifest, lock and install; return the workspace then."""
        from wisp.api.edits.removing import remove
        from wisp.api.edits.requests import Selection
        from wisp.api.edits.sync import LockAndSync

        sync = LockAndSync(self)
        selection = Selection(pypi=pypi, feature=feature, platforms=platforms)
        edited = remove(self.manifest, selection, names, sync)
        return self.with_manifest(edited)
