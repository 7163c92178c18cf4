"""A lock file as values: platforms, environments, and the records they refer to.

`LockFile` is the whole file; `LockedEnvironment` one environment on one platform, which is all
that installing, packing and image building need to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from wisp.platforms import Platform
from wisp.specs.pypi import FindLinks, PypiOptions
from wisp.specs.records import Record
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp.specs.inputs import ChannelPriority, SolveStrategy
    from wisp.specs.pypi import PrereleaseMode

    #: How lock files spell the solve strategies of a manifest (`lowest` is `lowest-version` here).
    LockStrategy = Literal["highest", "lowest-version", "lowest-version-direct"]

#: An environment on a platform, both by name.
Pair = tuple[str, str]

LOCK_VERSION = 7

LOCK_STRATEGIES: Mapping[SolveStrategy, LockStrategy] = {
    "highest": "highest",
    "lowest": "lowest-version",
    "lowest-direct": "lowest-version-direct",
}
#: How pre-releases count where neither manifest nor lock says it.
PRERELEASE_DEFAULT: PrereleaseMode = "if-necessary-or-explicit"


@dataclass(frozen=True, slots=True)
class LockChannel:
    """A channel of an environment: base URL with a trailing slash, variables it was read with."""

    url: str
    used_env_vars: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LockOptions:
    """How an environment was solved; `prerelease_mode` None stands for what old locks omit."""

    strategy: LockStrategy = "highest"
    channel_priority: ChannelPriority = "strict"
    prerelease_mode: PrereleaseMode = PRERELEASE_DEFAULT


@dataclass(frozen=True, slots=True)
class LockPlatform:
    """A row of `platforms`: the name, the subdir, and its virtual packages as written.

    `virtual_packages` is None for a bare row, which must stay bare when it is written again.
    """

    name: str
    subdir: str
    virtual_packages: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentRow:
    """An environment: where its packages come from and what they are on each platform.

    `packages` maps platform names (the manifest's, aliases undone) to records in lock order.
    `indexes` is None when the key is absent.
    """

    name: str
    channels: tuple[LockChannel, ...] = ()
    indexes: tuple[str, ...] | None = None
    find_links: tuple[FindLinks, ...] = ()
    options: LockOptions = LockOptions()
    packages: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        """Yield what is locked for each platform in turn."""
        for records in self.packages.values():
            yield from records


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFile:
    """A whole lock file. `version` is that of the text it was read from.

    `build_records` are the records that only source packages refer to, by (kind, location).
    `conflicted` is one that was put together of both sides of a merge: it must be solved anew.
    """

    version: int = LOCK_VERSION
    platforms: tuple[LockPlatform, ...] = ()
    environments: Mapping[str, EnvironmentRow] = field(default_factory=dict)
    build_records: Mapping[tuple[str, str], Record] = field(default_factory=dict)
    conflicted: bool = False

    def records(self) -> Iterator[Record]:
        """Yield what is locked, once for each environment and platform."""
        for environment in self.environments.values():
            yield from environment.records()

    def packages(self, environment: str, platform: str) -> tuple[Record, ...]:
        """Return what is locked for an environment on a platform, nothing where it is not."""
        row = self.environments.get(environment)
        return () if row is None else tuple(row.packages.get(platform, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedEnvironment:
    """The second waist: one environment on one platform, ready to be installed.

    `platform` carries the virtual packages as the lock spells them. `root` is the folder of the
    lock, to which relative locations refer; `editable` are the normalised names of the PyPI
    folders that are installed in place; `pypi_options` tell how the others are built.
    """

    name: str
    platform: Platform
    virtual_packages: tuple[str, ...]
    channels: tuple[str, ...]
    indexes: tuple[str, ...]
    records: tuple[Record, ...]
    root: Path
    editable: frozenset[str] = frozenset()
    pypi_options: PypiOptions = PypiOptions()
