"""The facade: a workspace that can be asked and told, without printing or exiting.

    from wisp import Workspace

    workspace = Workspace.open()
    workspace.edit.add("numpy")
    workspace.run("python -c 'import numpy'")

Each method is a deed of its own module, which is imported when the method is called; no other
module of `wisp.api` knows them all.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from wisp import layout
from wisp.api.given import words_of
from wisp.api.held_workspace import HeldWorkspace
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.opened import OpenedWorkspace
from wisp.api.opening import WorkspaceSource, own_program, read_workspace
from wisp.report import SILENT, Reporter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, overload

    from wisp.api.given import StrPath
    from wisp.api.locks.judging import LockOutcome
    from wisp.api.packing.packing import PackedEnvironment, PackRequest
    from wisp.api.use.activated import ActivatedEnvironment
    from wisp.api.use.captured import Completed
    from wisp.api.use.cleaning import Cleaned
    from wisp.api.use.in_place import InPlaceOptions
    from wisp.api.use.installing import InstallReport
    from wisp.api.use.run_options import RunOptions
    from wisp.exchange.kernelspec import Kernel
    from wisp.manifest.model import Despite


class Workspace(HeldWorkspace):
    """A workspace with its deeds; `opened` answers questions about it.

    `edit` holds what changes the manifest, `show` what there is to look at. After an edit the
    workspace is the edited one. `usage` says everywhere what may be done to lock and prefixes.
    """

    @classmethod
    def open(
        cls,
        path: StrPath | None = None,
        *,
        name: str | None = None,
        script: str | None = None,
        cwd: StrPath | None = None,
        environ: Mapping[str, str] | None = None,
        reporter: Reporter = SILENT,
        overrides: Mapping[str, Any] | None = None,
        no_config: bool = False,
        config_file: StrPath | None = None,
        origin: str | None = None,
        despite: Despite = None,
    ) -> Workspace:
        """Open the workspace at `path`, or the nearest one around the current directory.

        `path` is a manifest or the folder it is in, `name` a registered workspace, `script` a
        file with a PEP 723 block. `overrides` are configuration keys, dotted, with their values.
        With `despite` it may want another version of Pixi than ours, or lack a preview flag, or is
        read without a warning of features that no environment has (`unused`).

        Raises:
            ManifestError: There is no manifest, or it is faulty.
            ConfigError: A configuration file that must be read cannot be.

        """
        source = WorkspaceSource(
            path=None if path is None else Path(path),
            name=name,
            script=script,
            cwd=Path(cwd or Path.cwd()),
            environ=os.environ if environ is None else environ,
            overrides=overrides or {},
            no_config=no_config,
            config_file=None if config_file is None else Path(config_file),
            despite=despite,
            is_copy=origin is not None,
        )
        session, manifest = read_workspace(source, reporter)
        return cls(OpenedWorkspace(session, manifest, origin=origin))

    # The lock

    def lock(self, *, dry_run: bool = False) -> LockOutcome:
        """Bring the lock file up to date and tell what changed.

        Raises `SolveError` if nothing satisfies the manifest, `FetchError` if a channel or index
        cannot be read.
        """
        from wisp.api.locks.locking import lock

        return lock(self.opened, dry_run=dry_run)

    def update(
        self,
        packages: str | Sequence[str] = (),
        *,
        environments: str | Sequence[str] = (),
        platforms: str | Sequence[str] = (),
        dry_run: bool = False,
    ) -> LockOutcome:
        """Let go of locked versions, of all or the named packages, and lock anew."""
        from wisp.api.locks.relocking import update

        names, platforms = words_of(environments), words_of(platforms)
        return update(self.opened, words_of(packages), names, platforms, dry_run=dry_run)

    # Prefixes

    def install(
        self,
        environments: str | Sequence[str] = (),
        *,
        every: bool = False,
        platform: str | None = None,
        skip: str | Sequence[str] = (),
        skip_with_deps: str | Sequence[str] = (),
        only: str | Sequence[str] = (),
        usage: LockUsage = AS_NEEDED,
    ) -> InstallReport:
        """Install environments (`default` unless named), locking them first where needed.

        `skip` leaves packages out, `skip_with_deps` also what only they need; `only` installs
        some and what they need. Raises what `wisp.api.use.installing.install` raises.
        """
        from wisp.api.use.installing import InstallFilter, InstallRequest, install

        names = words_of(environments)
        request = InstallRequest(environments=names, every=every, platform=platform, usage=usage)
        chosen = InstallFilter(
            skip=words_of(skip), skip_with_deps=words_of(skip_with_deps), only=words_of(only)
        )
        return install(self.opened, request, chosen)

    def reinstall(
        self,
        packages: str | Sequence[str] = (),
        *,
        environments: str | Sequence[str] = (),
        every: bool = False,
        platform: str | None = None,
        usage: LockUsage = AS_NEEDED,
    ) -> InstallReport:
        """Install packages, or all, anew. Raises what `wisp.api.use.installing.install` raises."""
        from wisp.api.use.installing import InstallRequest, reinstall

        names = words_of(environments)
        request = InstallRequest(environments=names, every=every, platform=platform, usage=usage)
        return reinstall(self.opened, request, words_of(packages))

    def clean(
        self,
        environment: str | None = None,
        *,
        activation_cache: bool = False,
        build: bool = False,
        registry: bool = False,
    ) -> Cleaned:
        """Remove what can be made again: all of it, or what the arguments name."""
        from wisp.api.use.cleaning import clean_workspace

        return clean_workspace(
            self.opened,
            environment=environment,
            activation_cache=activation_cache,
            build=build,
            registry=registry,
        )

    # Elsewhere

    def pack(self, request: PackRequest) -> PackedEnvironment:
        """Write an environment into one file. Raises as `wisp.api.packing.packing.pack`."""
        from wisp.api.packing.packing import pack

        return pack(self.opened, request)

    # Use

    def enter(
        self,
        environment: str | None = None,
        *,
        program: str | None = None,
        remember: bool = False,
        usage: LockUsage = AS_NEEDED,
    ) -> ActivatedEnvironment:
        """Make an environment ready: the one named, else the active one, else the default.

        `program` is the executable that it knows as ours; `remember` lets the next command line
        of the same words be quicker. Raises what `install` raises.
        """
        from wisp.api.use.activated import ActivationOptions, enter

        options = ActivationOptions(
            program=program or own_program(self.opened.environ),
            environment=environment,
            usage=usage,
            remember=remember,
        )
        return enter(self.opened, options)

    def activation(
        self, environment: str | None = None, *, usage: LockUsage = AS_NEEDED
    ) -> dict[str, str]:
        """Return all variables of a process in an environment, which is installed if need be."""
        entered = self.enter(environment, usage=usage)
        return entered.changes().applied_to(self.opened.environ)

    def shell_hook(
        self,
        environment: str | None = None,
        shell: str | None = None,
        *,
        usage: LockUsage = AS_NEEDED,
    ) -> str:
        """Return the script that activates an environment in a shell, the caller's by default."""
        return self.enter(environment, usage=usage).hook(shell)

    def activate(self, options: InPlaceOptions) -> str:
        """Return what a running shell evaluates to have an environment, until it is left.

        Raises what `wisp.api.use.in_place.activate_in_place` raises.
        """
        from wisp.api.use.in_place import activate_in_place

        return activate_in_place(self.opened, options)

    if TYPE_CHECKING:

        @overload
        def run(
            self,
            command: str | Sequence[StrPath],
            *,
            environment: str | None = ...,
            cwd: StrPath | None = ...,
            usage: LockUsage = ...,
            options: RunOptions | None = ...,
            capture_output: Literal[False] = ...,
        ) -> int: ...
        @overload
        def run(
            self,
            command: str | Sequence[StrPath],
            *,
            environment: str | None = ...,
            cwd: StrPath | None = ...,
            usage: LockUsage = ...,
            options: RunOptions | None = ...,
            capture_output: Literal[True],
        ) -> Completed: ...

    def run(
        self,
        command: str | Sequence[StrPath],
        *,
        environment: str | None = None,
        cwd: StrPath | None = None,
        usage: LockUsage = AS_NEEDED,
        options: RunOptions | None = None,
        capture_output: bool = False,
    ) -> int | Completed:
        """Run a task or a command; return its exit code or, captured, all that came of it.

        A text is one command line for the task shell, a sequence the words of a command. `options`
        say all the rest; what the other arguments say counts before that. Raises what
        `wisp.api.use.running.run_words` raises.
        """
        from wisp.api.use.captured import captured
        from wisp.api.use.run_options import RunOptions, with_given
        from wisp.api.use.running import run_words, words_of_command

        usual = RunOptions(
            program=own_program(self.opened.environ),
            cwd=Path.cwd(),
            warn=self.opened.reporter.warn,
        )
        folder = None if cwd is None else Path(cwd)
        settings = with_given(options or usual, environment, folder, usage)
        words = words_of_command(self.opened, command)
        if not capture_output:
            return run_words(self.opened, words, settings)
        return captured(lambda: run_words(self.opened, words, settings))

    def install_kernel(
        self, environment: str = layout.DEFAULT_ENVIRONMENT, name: str | None = None
    ) -> Kernel:
        """Let Jupyter start kernels in an environment. Raises as `use.kernels.install_kernel`."""
        from wisp.api.use.kernels import install_kernel

        return install_kernel(self.opened, environment, name)
