"""Making a lock file of what was solved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.layout import DEFAULT_INDEX
from wisp.lock.merge import merged
from wisp.lock.model import (
    LOCK_STRATEGIES,
    PRERELEASE_DEFAULT,
    EnvironmentRow,
    LockChannel,
    LockFile,
    LockOptions,
    LockPlatform,
    Pair,
)
from wisp.solve.plan import combine
from wisp.solve.update import Solution
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import CondaRecord, Record
from wisp.specs.urls import without_credentials


def assemble(
    inputs: Sequence[EnvironmentInputs],
    solutions: Mapping[Pair, Solution],
    unsupported: Sequence[EnvironmentInputs] = (),
) -> LockFile:
    """Build the lock of all environments.

    `unsupported` are environments that support no platform: they are named, without packages.
    Members of a solve group record the channels and options of the whole group. Conda records
    at one location are made equal: what one environment knows of a package, all do.
    """
    known = _known(solutions.values())
    environments: dict[str, EnvironmentRow] = {}
    for name, members in _by_environment(inputs).items():
        group = _group(inputs, members)
        packages: dict[str, tuple[Record, ...]] = {}
        for one in members:
            solution = solutions[name, one.platform.name]
            conda = tuple(known[record.location] for record in solution.conda)
            packages[one.platform.name] = (*conda, *solution.pypi)
        environments[name] = _environment(name, combine(group), packages, solutions, members)
    for lone in unsupported:
        environments[lone.environment] = _environment(lone.environment, lone, {}, {}, ())
    return LockFile(platforms=_platforms(inputs), environments=dict(sorted(environments.items())))


def _environment(
    name: str,
    inputs: EnvironmentInputs,
    packages: Mapping[str, tuple[Record, ...]],
    solutions: Mapping[Pair, Solution],
    members: Sequence[EnvironmentInputs],
) -> EnvironmentRow:
    has_pypi = any(solutions[name, one.platform.name].pypi for one in members)
    options = inputs.pypi_options
    indexes = (options.index_url or DEFAULT_INDEX, *options.extra_index_urls)
    return EnvironmentRow(
        name=name,
        channels=tuple(LockChannel(channel.url) for channel in inputs.channels),
        indexes=tuple(map(_public, indexes)) if has_pypi else None,
        find_links=options.find_links if has_pypi else (),
        options=LockOptions(
            strategy=LOCK_STRATEGIES[inputs.solve_strategy],
            channel_priority=inputs.channel_priority,
            prerelease_mode=options.prerelease_mode or PRERELEASE_DEFAULT,
        ),
        packages={platform: records for platform, records in packages.items() if records},
    )


def _public(index: str) -> str:
    """Keep passwords out of the lock file, which is shared; all else stays as it is written."""
    return without_credentials(index) if "@" in index else index


def _by_environment(
    inputs: Iterable[EnvironmentInputs],
) -> dict[str, list[EnvironmentInputs]]:
    found: dict[str, list[EnvironmentInputs]] = {}
    for one in inputs:
        found.setdefault(one.environment, []).append(one)
    return found


def _group(
    inputs: Sequence[EnvironmentInputs], members: Sequence[EnvironmentInputs]
) -> Sequence[EnvironmentInputs]:
    """All inputs that were solved together with these, on whatever platform."""
    group = members[0].solve_group
    return members if group is None else [one for one in inputs if one.solve_group == group]


def _known(solutions: Iterable[Solution]) -> dict[str, CondaRecord]:
    known: dict[str, CondaRecord] = {}
    for solution in solutions:
        for record in solution.conda:
            other = known.get(record.location)
            known[record.location] = record if other is None else merged(other, record)
    return known


def _platforms(inputs: Iterable[EnvironmentInputs]) -> tuple[LockPlatform, ...]:
    """One row per platform that any environment uses, with all that it declares."""
    rows = {
        one.platform.name: LockPlatform(
            one.platform.name,
            one.platform.subdir,
            tuple(map(str, one.platform.virtual_packages())),
        )
        for one in inputs
    }
    return tuple(sorted(rows.values(), key=lambda row: row.name))
