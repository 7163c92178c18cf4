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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wisp import layout
from wisp.api.engines import EngineRoom
from wisp.api.opening import Opening, own_program, read_workspace
from wisp.api.usage import Usage
from wisp.config.model import Config
from wisp.manifest.model import Environment, Manifest
from wisp.platforms import Platform, VirtualPackage, bare
from wisp.report import SILENT, Reporter
from wisp.specs.inputs import EnvironmentInputs
from wisp.workspace.compose import all_inputs, inputs, platform_named
from wisp.workspace.features import environment_named
from wisp.workspace.platforms import (
    platforms_of,
    select_platform,
    unsupported,
    workspace_platforms,
)

if TYPE_CHECKING:
    from wisp.api.locks.locking import LockOutcome
    from wisp.api.use.installing import InstallReport
    from wisp.install.selection import InstallFilter


class Workspace:
    """A workspace: its manifest, its configuration, and where it lives.

    `environ` is what counts as the environment of the process; nothing below reads another.
    `origin` says where a script comes from that is no file of the user's (`wisp.api.use.scripts`).
    """

    def __init__(
        self,
        manifest: Manifest,
        config: Config,
        environ: Mapping[str, str],
        reporter: Reporter = SILENT,
        *,
        now: datetime | None = None,
        origin: str | None = None,
    ) -> None:
        self.manifest = manifest
        self.config = config
        self.environ = environ
        self.reporter = reporter
        self.now = now or datetime.now(UTC)
        self.origin = origin

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
        opening = Opening(
            path=None if path is None else Path(path),
            name=name,
            script=script,
            cwd=Path.cwd() if cwd is None else cwd,
            environ=os.environ if environ is None else environ,
            overrides=overrides or {},
            no_config=no_config,
            config_file=config_file,
        )
        manifest, config = read_workspace(opening, reporter)
        return cls(manifest, config, opening.environ, reporter, origin=origin)

    def with_manifest(self, manifest: Manifest) -> Workspace:
        """The same workspace after its manifest was edited; engines are shared."""
        if manifest is self.manifest:
            return self
        other = Workspace(
            manifest, self.config, self.environ, self.reporter, now=self.now, origin=self.origin
        )
        other.__dict__["engines"] = self.engines
        return other

    # Where things are

    @property
    def root(self) -> Path:
        """The folder of the manifest."""
        return self.manifest.root

    @property
    def lock_path(self) -> Path:
        """Where the lock file is, or will be."""
        if self.manifest.kind == "script":
            return self.manifest.path.with_name(self.manifest.path.name + layout.SCRIPT_LOCK_SUFFIX)
        return self.root / layout.LOCK_NAME

    @property
    def keeps_lock(self) -> bool:
        """Whether the lock file is written unasked: that of a script only where there is one."""
        return self.manifest.kind != "script" or self.lock_path.exists()

    @cached_property
    def environments_folder(self) -> Path:
        """The folder of all prefixes: in the workspace, or where the configuration moves it."""
        from wisp.api.folders import environments_folder

        return environments_folder(self)

    def prefix(self, environment: str) -> Path:
        """The prefix of an environment, whether it is installed or not."""
        if self.manifest.kind == "script":
            from wisp.api.use.scripts import prefix_of

            return prefix_of(self)
        return self.environments_folder / environment

    # What is declared

    @property
    def name(self) -> str:
        """The name of the workspace."""
        return self.manifest.workspace.name

    @property
    def environment_names(self) -> tuple[str, ...]:
        """All environments, in the order of the manifest."""
        return tuple(self.manifest.environments)

    def require_environment(self, name: str) -> Environment:
        """Return an environment by name. Raises `ManifestError` if there is none."""
        return environment_named(self.manifest, name)

    def platforms(self, environment: str) -> tuple[Platform, ...]:
        """The platforms an environment supports, in order of preference."""
        return platforms_of(self.manifest, self.require_environment(environment))

    @cached_property
    def all_inputs(self) -> tuple[EnvironmentInputs, ...]:
        """What every environment asks for on every platform of its own."""
        return tuple(all_inputs(self.manifest, self.now))

    @property
    def unsupported_inputs(self) -> tuple[EnvironmentInputs, ...]:
        """What environments that support no platform ask for, as far as that can be said."""
        return tuple(
            self.inputs(name, bare("noarch"))
            for name in self.environment_names
            if not self.platforms(name)
        )

    def inputs(self, environment: str, platform: Platform) -> EnvironmentInputs:
        """What one environment asks for on one platform."""
        return inputs(self.manifest, environment, platform, self.now)

    @property
    def locked_platforms(self) -> tuple[Platform, ...]:
        """All platforms whose names a lock of this workspace may bear, in the manifest's order.

        Old `system-requirements` of environments make variants of a declared platform, which
        follow it.
        """
        found = {platform.name: platform for platform in self.declared_platforms}
        for one in self.all_inputs:
            found.setdefault(one.platform.name, one.platform)
        order = [platform.subdir for platform in self.declared_platforms]
        return tuple(sorted(found.values(), key=lambda platform: order.index(platform.subdir)))

    @property
    def declared_platforms(self) -> tuple[Platform, ...]:
        """All platforms of the workspace, in its order."""
        return workspace_platforms(self.manifest)

    # This machine

    @cached_property
    def engines(self) -> EngineRoom:
        """The engines, made when first needed."""
        return EngineRoom(self.config, self.environ, self.reporter)

    @cached_property
    def subdir(self) -> str:
        """The subdir to act as."""
        from wisp.engine import host

        wrong = host.invalid_override(self.environ)
        if wrong is not None:
            self.reporter.warn(f"PIXI_OVERRIDE_PLATFORM names no platform: '{wrong}'")
        return host.subdir(self.environ)

    @cached_property
    def host(self) -> tuple[str, tuple[VirtualPackage, ...]]:
        """The subdir to act as, and the virtual packages of this machine."""
        from wisp.engine.host import virtual_packages

        return self.subdir, virtual_packages()

    def best_platform(self, environment: str, wanted: str | None = None) -> Platform:
        """The platform of an environment that this machine runs, or the one that is asked for.

        Raises `ManifestError` when there is none.
        """
        found = self.require_environment(environment)
        if wanted is not None:
            return platform_named(self.manifest, found, wanted)
        asks = any(one.declared for one in platforms_of(self.manifest, found))
        # To look at the machine costs more than all the rest where only its subdir counts.
        host = self.host if asks else (self.subdir, ())
        platform = select_platform(self.manifest, found, *host)
        if platform is None:
            raise unsupported(self.manifest, found, self.subdir)
        return platform

    # Deeds

    @contextmanager
    def writing(self) -> Iterator[Workspace]:
        """Keep other processes from writing into the workspace meanwhile; readers pass.

        Gives the workspace as it is by then: who waited may find another manifest.
        """
        from wisp.api.edits.transaction import reread
        from wisp.engine.folder_lock import locked_folder

        with locked_folder(self.root):
            yield self.with_manifest(reread(self.manifest))

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

        `locked` and `frozen` are as in `wisp.api.usage.Usage`, `chosen` leaves packages out.
        Raises what `wisp.api.use.installing.install` raises.
        """
        from wisp.api.use.installing import EVERYTHING_CHOSEN, InstallRequest, install

        usage = Usage(locked=locked, frozen=frozen)
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

        usage = Usage(locked=locked, frozen=frozen)
        request = InstallRequest(
            environments=environments, every=every, platform=platform, usage=usage
        )
        return reinstall(self, request, packages)

    def activation(self, environment: str = layout.DEFAULT_ENVIRONMENT) -> dict[str, str]:
        """Return all variables of a process in an environment, which is installed if need be."""
        from wisp.api.use.entering import EnterOptions, enter

        options = EnterOptions(program=own_program(), environment=environment)
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
        from wisp.api.use.providing import RunOptions
        from wisp.api.use.running import run_words

        options = RunOptions(
            program=own_program(),
            cwd=cwd or Path.cwd(),
            environment=environment,
            usage=Usage(locked=locked, frozen=frozen),
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
    ) -> Workspace:
        """Put requirements into the manifest, lock and install; return the workspace as it is then.

        Whatever fails, manifest and lock file are as they were.
        """
        from wisp.api.edits.adding import add
        from wisp.api.edits.requests import AddRequest
        from wisp.api.edits.settling import Settler

        settler = Settler(self)
        done = add(
            self.manifest,
            AddRequest(words=words, pypi=pypi, feature=feature, platforms=platforms),
            settler.solve,
            settler.install,
            lock_path=self.lock_path,
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
    ) -> Workspace:
        """Take requirements out of the manifest, lock and install; return the workspace then."""
        from wisp.api.edits.removing import remove
        from wisp.api.edits.requests import Selection
        from wisp.api.edits.settling import Settler

        settler = Settler(self)
        selection = Selection(pypi=pypi, feature=feature, platforms=platforms)
        edited = remove(self.manifest, selection, names, settler.solve, settler.install)
        return self.with_manifest(edited)
