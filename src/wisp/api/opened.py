"""A workspace that is open: what it declares, where things are, what this machine makes of it.

Only questions: no deed is imported here, and all deeds begin with such a workspace. The facade
(`wisp.api.workspace`) is the same with the deeds as methods.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from wisp.api.context import SessionContext
from wisp.api.machine_platform import install_platform
from wisp.api.places import Places, places_of
from wisp.api.rereading import reread
from wisp.compat import CompatLevel
from wisp.config.model import Config
from wisp.errors import ManifestError
from wisp.manifest.model import Environment, Manifest
from wisp.platforms import Platform, VirtualPackage, bare
from wisp.report import Reporter
from wisp.specs.inputs import EnvironmentInputs
from wisp.workspace.compose import all_inputs, inputs
from wisp.workspace.features import environment_named
from wisp.workspace.platforms import (
    platforms_of,
    workspace_platforms,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.lock.model import LockFile


class OpenedWorkspace:
    """A session, a manifest, and the places of its files.

    `origin` says where a manifest comes from that is no file of the user's.
    """

    def __init__(
        self, session: SessionContext, manifest: Manifest, *, origin: str | None = None
    ) -> None:
        self.session = session
        self.manifest = manifest
        self.origin = origin

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} at {self.root}>"

    def with_manifest(self, manifest: Manifest) -> OpenedWorkspace:
        """The same workspace after its manifest was edited; the session is shared."""
        if manifest is self.manifest:
            return self
        return type(self)(self.session, manifest, origin=self.origin)

    @contextmanager
    def writing(self) -> Iterator[OpenedWorkspace]:
        """Keep other processes from writing into the workspace meanwhile; readers pass.

        Gives the workspace as it is by then: who waited may find another manifest.
        """
        from wisp.engine.exclusive import exclusive_folder

        with exclusive_folder(self.root):
            yield self.with_manifest(reread(self.manifest))

    @property
    def level(self) -> CompatLevel:
        """The release of Pixi that is followed here."""
        return self.manifest.level

    # The session's

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self.session.config

    @property
    def environ(self) -> Mapping[str, str]:
        """What counts as the environment of the process."""
        return self.session.environ

    @property
    def reporter(self) -> Reporter:
        """Who is told of progress and of what is odd."""
        return self.session.reporter

    # Where things are

    @cached_property
    def places(self) -> Places:
        """Where the files of this workspace are."""
        return places_of(self.session, self.manifest, self.origin)

    @property
    def root(self) -> Path:
        """The folder of the manifest."""
        return self.manifest.root

    @property
    def lock_path(self) -> Path:
        """Where the lock file is, or will be."""
        return self.places.lock

    def prefix(self, environment: str) -> Path:
        """The prefix of an environment, whether it is installed or not."""
        return self.places.prefix(environment)

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
        return tuple(all_inputs(self.manifest, self.session.now))

    def chosen_inputs(
        self, environments: Collection[str] = (), platforms: Collection[str] = ()
    ) -> tuple[EnvironmentInputs, ...]:
        """What some environments ask for on some platforms, by name or subdir; all unless named.

        Raises `ManifestError` for an environment that is none, or a platform that none of these
        supports.
        """
        for name in environments:
            self.require_environment(name)
        chosen = [
            one
            for one in self.all_inputs
            if (not environments or one.environment in environments)
            and (not platforms or {one.platform.name, one.platform.subdir} & {*platforms})
        ]
        names = {name for one in chosen for name in (one.platform.name, one.platform.subdir)}
        if unknown := [name for name in platforms if name not in names]:
            declared = ", ".join(platform.name for platform in self.declared_platforms)
            raise ManifestError(
                f"no environment supports platform '{unknown[0]}'", hints=(f"there are {declared}",)
            )
        return tuple(chosen)

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
        return inputs(self.manifest, environment, platform, self.session.now)

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

    @property
    def subdir(self) -> str:
        """The subdir to act as."""
        return self.session.subdir

    @property
    def host(self) -> tuple[str, tuple[VirtualPackage, ...]]:
        """The subdir to act as, and the virtual packages of this machine."""
        return self.session.host

    def best_platform(
        self, environment: str, wanted: str | None = None, lock: LockFile | None = None
    ) -> Platform:
        """The platform that an environment is installed for here; see `machine_platform`."""
        return install_platform(self.manifest, self.session, environment, wanted, lock)
