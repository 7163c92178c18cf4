"""What has to be solved: which environments together, how much of it, and what to hold on to.

Pure: lists of inputs and the verdict on the old lock become units of work. Environments of one
solve group are one unit per platform, and when one member is stale all are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.lock.mismatch import Mismatch
from wisp.lock.model import EnvironmentRow, LockFile, Pair
from wisp.specs.conda import Channel, CondaRequirement
from wisp.specs.inputs import EnvironmentInputs, ExcludeNewer
from wisp.specs.pypi import PypiRequirement
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    R = TypeVar("R", CondaRecord, PypiRecord)


@dataclass(frozen=True, slots=True)
class Staleness:
    """How far the lock of one environment on one platform can be trusted.

    `conda`: its conda part must be solved again (PyPI follows); `pypi`: its PyPI part must be;
    `forget_…`: what is locked of that part may not even serve as a preference.
    """

    conda: bool = False
    pypi: bool = False
    forget_conda: bool = False
    forget_pypi: bool = False

    def __or__(self, other: Staleness) -> Staleness:
        return Staleness(
            self.conda or other.conda,
            self.pypi or other.pypi,
            self.forget_conda or other.forget_conda,
            self.forget_pypi or other.forget_pypi,
        )

    @classmethod
    def of(cls, mismatch: Mismatch) -> Staleness:
        """How far a lock with this fault can be trusted."""
        if mismatch.level == "pypi":
            return cls(pypi=True, forget_pypi=mismatch.discards)
        return cls(True, True, mismatch.discards, mismatch.discards)


FRESH = Staleness()
STALE = Staleness(conda=True, pypi=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveUnit:
    """Environments that are solved together on one platform.

    `conda` are the old conda records: the answer itself when `stale.conda` is false, else what
    the solver should prefer. `pypi` likewise. `members` are in the manifest's order.
    """

    members: tuple[EnvironmentInputs, ...]
    stale: Staleness
    conda: tuple[CondaRecord, ...] = ()
    pypi: tuple[PypiRecord, ...] = ()

    @property
    def label(self) -> str:
        """How messages name the unit."""
        first = self.members[0]
        if first.solve_group is not None:
            return f"solve group '{first.solve_group}'"
        return f"environment '{first.environment}'"

    @property
    def platform(self) -> str:
        """Name of the platform."""
        return self.members[0].platform.name


def judge(
    inputs: Iterable[EnvironmentInputs], mismatches: Iterable[Mismatch]
) -> dict[Pair, Staleness]:
    """Tell for each environment and platform how stale the lock is, by the faults it has."""
    faults = tuple(mismatches)
    stale: dict[Pair, Staleness] = {}
    for one in inputs:
        total = FRESH
        for fault in faults:
            here = fault.platform is None or fault.platform == one.platform.name
            if fault.environment == one.environment and here:
                total |= Staleness.of(fault)
        stale[one.environment, one.platform.name] = total
    return stale


def plan(
    inputs: Iterable[EnvironmentInputs],
    lock: LockFile | None,
    stale: Mapping[Pair, Staleness],
) -> tuple[SolveUnit, ...]:
    """Group inputs into units and hand each the old records it may keep or prefer."""
    groups: dict[tuple[bool, str, str], list[EnvironmentInputs]] = {}
    for one in inputs:
        grouped = one.solve_group is not None
        key = (grouped, one.solve_group or one.environment, one.platform.name)
        groups.setdefault(key, []).append(one)
    return tuple(_unit(members, lock, stale) for members in groups.values())


def _unit(
    members: Sequence[EnvironmentInputs],
    lock: LockFile | None,
    stale: Mapping[Pair, Staleness],
) -> SolveUnit:
    total = FRESH
    for one in members:
        total |= stale.get((one.environment, one.platform.name), FRESH)
    old = list(_locked(members, lock))
    conda = _unique(record for record in old if isinstance(record, CondaRecord))
    pypi = _unique(record for record in old if isinstance(record, PypiRecord))
    return SolveUnit(
        members=tuple(members),
        stale=total,
        conda=() if total.forget_conda else conda,
        pypi=() if total.forget_pypi else pypi,
    )


def _locked(members: Sequence[EnvironmentInputs], lock: LockFile | None) -> Iterable[Record]:
    for one in members:
        environment: EnvironmentRow | None = (
            lock.environments.get(one.environment) if lock is not None else None
        )
        if environment is not None:
            yield from environment.packages.get(one.platform.name, ())


def _unique(records: Iterable[R]) -> tuple[R, ...]:
    return tuple({record.location: record for record in records}.values())


def combine(members: Sequence[EnvironmentInputs]) -> EnvironmentInputs:
    """Ask for everything that the members of a unit ask for, in the order they first ask.

    The first member's solve options hold for all: composition has refused groups that differ.
    """
    first = members[0]
    if len(members) == 1:
        return first
    return replace(
        first,
        channels=_channels(members),
        dependencies=_requirements(one.dependencies for one in members),
        constraints=_requirements(one.constraints for one in members),
        dev=_requirements(one.dev for one in members),
        pypi_dependencies=_pypi(one.pypi_dependencies for one in members),
        exclude_newer=_cutoffs(members),
    )


def _channels(members: Sequence[EnvironmentInputs]) -> tuple[Channel, ...]:
    """All channels, higher priority first, ties in the order of their first appearance."""
    found: dict[str, Channel] = {}
    for one in members:
        for channel in one.channels:
            known = found.get(channel.url)
            if known is None or (channel.priority or 0) > (known.priority or 0):
                found[channel.url] = channel
    return tuple(sorted(found.values(), key=lambda channel: -(channel.priority or 0)))


def _requirements(
    lists: Iterable[tuple[CondaRequirement, ...]],
) -> tuple[CondaRequirement, ...]:
    return by_name(dict.fromkeys(one for requirements in lists for one in requirements))


def by_name(requirements: Iterable[CondaRequirement]) -> tuple[CondaRequirement, ...]:
    """Bring all requirements on one package to the place of the first (as Pixi asks them)."""
    names: dict[str, list[CondaRequirement]] = {}
    for requirement in requirements:
        names.setdefault(requirement.name, []).append(requirement)
    return tuple(one for same in names.values() for one in same)


def _pypi(lists: Iterable[tuple[PypiRequirement, ...]]) -> tuple[PypiRequirement, ...]:
    return tuple(dict.fromkeys(one for requirements in lists for one in requirements))


def _cutoffs(members: Sequence[EnvironmentInputs]) -> ExcludeNewer:
    merged = [one.exclude_newer for one in members]
    return replace(
        merged[0],
        channels={k: v for one in reversed(merged) for k, v in one.channels.items()},
        packages={k: v for one in reversed(merged) for k, v in one.packages.items()},
        pypi_packages={k: v for one in reversed(merged) for k, v in one.pypi_packages.items()},
    )
