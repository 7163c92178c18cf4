"""What `[package]` says, as values for a build back-end.

Requirements stay as they are written, a version or a table, and conditions stay texts: it is the
back-end that judges both.
"""

from __future__ import annotations

from collections.abc import Mapping

from wisp.manifest.channel_entry import ChannelEntry
from wisp.specs.locations import Location
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True)
class PackageRequirement:
    """A package (name in lower case) and what is asked of it.

    `conditions` are the texts of the `if(…)` tables around it, the outermost first.
    """

    name: str
    spec: str | Mapping[str, Any]
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRequirements:
    """The requirements of a package, for all platforms or for one target.

    `extras` are by the name of their group. `run_exports` are what whoever builds with the package
    needs, by their kind (`weak`, `strong`, `noarch`, `weak-constraints`, `strong-constraints`).
    """

    build: tuple[PackageRequirement, ...] = ()
    host: tuple[PackageRequirement, ...] = ()
    run: tuple[PackageRequirement, ...] = ()
    constraints: tuple[PackageRequirement, ...] = ()
    extras: Mapping[str, tuple[PackageRequirement, ...]] = field(default_factory=dict)
    run_exports: Mapping[str, tuple[PackageRequirement, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildBackend:
    """`[package.build.backend]`: the package that builds, and where it is from.

    `spec` has what is asked of it besides its name, by the keys of match specs; `inherited` means
    the entry of the workspace. `when` is the text of a condition, `channels` is None if not given.
    """

    name: str
    spec: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    when: str | None = None
    inherited: bool = False
    channels: tuple[ChannelEntry, ...] | None = None
    additional: tuple[PackageRequirement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildTable:
    """`[package.build]`. `config` is the back-end's own, as `targets` for some platforms.

    `source` is where the sources are, None for the folder of the manifest; `secrets` name
    variables of the environment.
    """

    backend: BuildBackend
    source: Location | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    targets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    number: int | None = None
    string_prefix: str | None = None
    secrets: tuple[str, ...] = ()
    channels: tuple[ChannelEntry, ...] | None = None
    additional: tuple[PackageRequirement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageTable:
    """`[package]`, with what it takes from the workspace filled in."""

    build: BuildTable
    name: str | None = None
    version: str | None = None
    description: str | None = None
    authors: tuple[str, ...] | None = None
    license: str | None = None
    license_file: str | None = None
    readme: str | None = None
    homepage: str | None = None
    repository: str | None = None
    documentation: str | None = None
    publish: bool | None = None
    requirements: PackageRequirements = PackageRequirements()
    targets: Mapping[str, PackageRequirements] = field(default_factory=dict)
