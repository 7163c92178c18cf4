"""A workspace manifest as values, whatever file it was read from.

`pixi.toml`, `pyproject.toml`, `mojoproject.toml` and the blocks of scripts all become a `Manifest`;
who holds one need not know which it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wisp.compat import DEFAULT, CompatLevel
from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.cutoff_model import NO_CUTOFF, CutoffTable
from wisp.platforms import Platform
from wisp.specs.conda import CondaRequirement
from wisp.specs.pypi import PypiOptions, PypiRequirement
from wisp.specs.task import Task
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from wisp.manifest.package_model import PackageTable
    from wisp.specs.entrypoint import Entrypoint
    from wisp.specs.inputs import ChannelPriority, SolveStrategy
    from wisp.specs.mapping import CondaPypiMaps

    #: A `script` has a block of PEP 723.
    ManifestKind = Literal["pixi", "pyproject", "mojoproject", "script", "conda-script"]
    #: Why a manifest might not be read, and is: the version it requires, or a flag it lacks.
    Despite = Literal["version", "preview", "unused"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRequirements:
    """The deprecated `[system-requirements]`: versions as text."""

    linux: str | None = None
    cuda: str | None = None
    macos: str | None = None
    libc_family: str | None = None
    libc_version: str | None = None
    archspec: str | None = None


@dataclass(frozen=True, slots=True)
class ActivationTable:
    """`[activation]`: scripts from the workspace root (None: not given) and variables."""

    scripts: tuple[str, ...] | None = None
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The tables that may be given per platform. Requirements keep the file's order."""

    dependencies: tuple[CondaRequirement, ...] = ()
    host_dependencies: tuple[CondaRequirement, ...] = ()
    build_dependencies: tuple[CondaRequirement, ...] = ()
    constraints: tuple[CondaRequirement, ...] = ()
    dev: tuple[CondaRequirement, ...] = ()
    pypi_dependencies: tuple[PypiRequirement, ...] = ()
    activation: ActivationTable = ActivationTable()
    tasks: Mapping[str, Task] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A named part of the manifest that environments are composed of.

    `targets` pairs selectors, as written and in file order, with what they add. None stands for
    "not given", which composition treats differently from an empty list.
    """

    name: str
    base: Target = Target()
    targets: tuple[tuple[str, Target], ...] = ()
    platforms: tuple[str, ...] | None = None
    channels: tuple[ChannelEntry, ...] | None = None
    channel_priority: ChannelPriority | None = None
    solve_strategy: SolveStrategy | None = None
    system_requirements: SystemRequirements = SystemRequirements()
    pypi_options: PypiOptions = PypiOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An entry of `[environments]`; `inline` is the nameless feature written into it."""

    name: str
    features: tuple[str, ...] = ()
    solve_group: str | None = None
    no_default_feature: bool = False
    inline: Feature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceTable:
    """`[workspace]`, with what other tables fill in already filled in."""

    name: str
    version: str | None = None
    description: str | None = None
    authors: tuple[str, ...] | None = None
    homepage: str | None = None
    repository: str | None = None
    documentation: str | None = None
    license: str | None = None
    license_file: str | None = None
    readme: str | None = None
    channels: tuple[ChannelEntry, ...] = ()
    platforms: tuple[Platform, ...] = ()
    channel_priority: ChannelPriority | None = None
    solve_strategy: SolveStrategy | None = None
    requires_pixi: str | None = None
    exclude_newer: CutoffTable = NO_CUTOFF
    pypi_exclude_newer: CutoffTable = NO_CUTOFF
    preview: tuple[str, ...] = ()
    conda_pypi_map: CondaPypiMaps = None
    pypi_options: PypiOptions = PypiOptions()
    s3_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    build_variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    build_variants_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A whole manifest. `features` has `default` (the root tables) and all others in file order.

    `environments` always has `default`, first unless the file declares it elsewhere.
    `exclude_newer` and `pypi_exclude_newer` map normalised names to cut-offs as written.
    `warnings` were met while reading and are to be shown once. `level` is the release of Pixi that
    is followed, `wish` the one that was asked for outside of the manifest. `despite` tells what
    it was read in spite of. A script from elsewhere
    has the root of its paths `apart`; `entrypoint` is how one runs that need not be Python's.
    """

    path: Path
    kind: ManifestKind
    text: str
    workspace: WorkspaceTable
    features: Mapping[str, Feature]
    environments: Mapping[str, Environment]
    package: PackageTable | None = None
    exclude_newer: Mapping[str, str] = field(default_factory=dict)
    pypi_exclude_newer: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    despite: Despite = None
    wish: CompatLevel | None = None
    level: CompatLevel = CompatLevel(DEFAULT)
    apart: Path | None = None
    entrypoint: Entrypoint | None = None

    @property
    def is_script(self) -> bool:
        """Whether it is the block of a script, of either kind."""
        return self.kind in ("script", "conda-script")

    @property
    def root(self) -> Path:
        """The root of the workspace: the folder of the manifest, unless it stands `apart`."""
        return self.apart or self.path.parent
