"""The waist between manifest and lock: what one environment on one platform asks for.

Features, targets and TOML end here; solving, judging locks and installing begin here.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from wisp.platforms import Platform
from wisp.specs.conda import Channel, CondaRequirement
from wisp.specs.pypi import PypiOptions, PypiRequirement
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    ChannelPriority = Literal["strict", "flexible", "disabled"]
    SolveStrategy = Literal["highest", "lowest", "lowest-direct"]

CHANNEL_PRIORITIES: tuple[ChannelPriority, ...] = ("strict", "flexible", "disabled")
SOLVE_STRATEGIES: tuple[SolveStrategy, ...] = ("highest", "lowest", "lowest-direct")


@dataclass(frozen=True, slots=True)
class Exempted:
    """Conda packages that no cut-off holds for, or only that of `until` (aware, UTC).

    The channel of the requirement is a base URL, a file among its locations is absolute.
    """

    requirement: CondaRequirement
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludeNewer:
    """Moments (aware, UTC) after which records do not exist: package beats channel beats default.

    Keys of `channels` are base URLs with a trailing slash; names are normalised. Relative
    cut-offs (`7d`) have been turned into moments when the inputs were composed. `exempted` come
    before all of them. For PyPI the `default` counts unless `pypi_default` is given; the packages
    in `pypi_exempted` have no cut-off.
    """

    default: datetime | None = None
    channels: dict[str, datetime] = field(default_factory=dict)
    packages: dict[str, datetime] = field(default_factory=dict)
    exempted: tuple[Exempted, ...] = ()
    pypi_default: datetime | None = None
    pypi_packages: dict[str, datetime] = field(default_factory=dict)
    pypi_exempted: tuple[str, ...] = ()

    @property
    def for_pypi(self) -> datetime | None:
        """The moment that holds for PyPI packages without one of their own."""
        return self.default if self.pypi_default is None else self.pypi_default

    def of_pypi(self, name: str) -> datetime | None:
        """Return the moment after which files of a PyPI package do not exist."""
        if name in self.pypi_exempted:
            return None
        return self.pypi_packages.get(name, self.for_pypi)

    @property
    def is_conda_free(self) -> bool:
        """Whether all conda packages exist."""
        return not (self.default or self.channels or self.packages)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentInputs:
    """Everything that decides what one environment holds on one platform.

    `dependencies` keep the manifest's order, features in theirs (the solver's answer depends on
    it), and may name a package several times: all specs must hold. `dev` are source packages of
    which only the dependencies are wanted. `solve_group` names environments solved together.
    `root` is the folder of the lock file, to which relative paths refer.
    """

    environment: str
    platform: Platform
    root: Path
    solve_group: str | None = None
    channels: tuple[Channel, ...] = ()
    dependencies: tuple[CondaRequirement, ...] = ()
    constraints: tuple[CondaRequirement, ...] = ()
    dev: tuple[CondaRequirement, ...] = ()
    pypi_dependencies: tuple[PypiRequirement, ...] = ()
    pypi_options: PypiOptions = PypiOptions()
    channel_priority: ChannelPriority = "strict"
    solve_strategy: SolveStrategy = "highest"
    exclude_newer: ExcludeNewer = field(default_factory=ExcludeNewer)
