"""Does a lock fit what the environments ask for? The answer is a list of typed reasons.

Pure: what must be read from disk (metadata of local projects) comes in as facts. The check runs
for all environments, whichever was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wisp.lock.aliases import adopt_platforms
from wisp.lock.facts import NO_FACTS, SourceFacts
from wisp.lock.mismatch import EnvironmentMissing, EnvironmentUnknown, Mismatch
from wisp.lock.mismatch_platform import GroupDisagrees, GroupOutdated
from wisp.lock.model import LockFile, Pair
from wisp.lock.question import PlatformQuestion
from wisp.lock.satisfy_environment import check_environment
from wisp.lock.satisfy_platform import check_platform
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.package_names import spec_name
from wisp.specs.records import PypiRecord


def check(
    lock: LockFile,
    inputs: Sequence[EnvironmentInputs],
    facts: SourceFacts = NO_FACTS,
    environments: Iterable[str] = (),
) -> list[Mismatch]:
    """Return why a lock does not fit the inputs of all environments and platforms.

    `environments` names those of the manifest that support no platform, hence have no inputs. An
    empty list means that the lock fits. Reasons of an environment come before those of its
    platforms; where the conda part of an environment is lost as a whole, its platforms are not
    looked at.
    """
    by_environment: dict[str, list[EnvironmentInputs]] = {name: [] for name in environments}
    for one in inputs:
        by_environment.setdefault(one.environment, []).append(one)
    lock = adopt_platforms(
        lock, {name: [one.platform for one in ones] for name, ones in by_environment.items()}
    )
    found: list[Mismatch] = [
        EnvironmentUnknown(environment=name)
        for name in lock.environments
        if name not in by_environment
    ]
    for name, ones in by_environment.items():
        if name not in lock.environments:
            found.append(EnvironmentMissing(environment=name))
        if name not in lock.environments or not ones:
            continue
        whole = check_environment(lock, ones)
        found += whole
        if not any(reason.level == "conda" for reason in whole):
            found += _platforms(lock, ones, inputs, facts)
    return found + _groups(lock, inputs, found)


def _platforms(
    lock: LockFile,
    ones: Sequence[EnvironmentInputs],
    inputs: Sequence[EnvironmentInputs],
    facts: SourceFacts,
) -> list[Mismatch]:
    found: list[Mismatch] = []
    for one in ones:
        question = PlatformQuestion(
            inputs=one,
            locked=lock.environments[one.environment],
            lock_version=lock.version,
            facts=facts,
            group_requested=_group_requested(lock, one, inputs),
        )
        reason = check_platform(question)
        if reason is not None:
            found.append(reason)
    return found


def _group_requested(
    lock: LockFile, one: EnvironmentInputs, inputs: Sequence[EnvironmentInputs]
) -> frozenset[str]:
    """Return what conda specs of other members of the solve group ask for on this platform."""
    if one.solve_group is None or not one.pypi_dependencies:
        return frozenset()
    names: set[str] = set()
    for other in _members(inputs, one.solve_group, one.platform.name):
        names.update(requirement.name for requirement in other.dependencies)
        environment = lock.environments.get(other.environment)
        if environment is None:
            continue
        for record in environment.packages.get(one.platform.name, ()):
            if not isinstance(record, PypiRecord):
                names.update(map(spec_name, record.depends))
    return frozenset(names)


def _members(
    inputs: Sequence[EnvironmentInputs], group: str, platform: str
) -> list[EnvironmentInputs]:
    return [one for one in inputs if one.solve_group == group and one.platform.name == platform]


def _groups(
    lock: LockFile, inputs: Sequence[EnvironmentInputs], found: Sequence[Mismatch]
) -> list[Mismatch]:
    """Return what follows for members of solve groups from the others."""
    outdated: set[Pair] = set()
    for reason in found:
        for one in inputs:
            if one.environment == reason.environment and reason.platform in (
                None,
                one.platform.name,
            ):
                outdated.add((one.environment, one.platform.name))
    groups = {(one.solve_group, one.platform.name) for one in inputs if one.solve_group}
    more: list[Mismatch] = []
    for group, platform in sorted((str(group), platform) for group, platform in groups):
        members = _members(inputs, group, platform)
        fresh = [one for one in members if (one.environment, platform) not in outdated]
        if len(fresh) < len(members):
            more += [
                GroupOutdated(environment=one.environment, platform=platform, group=group)
                for one in fresh
            ]
        else:
            more += _disagreements(lock, members, group, platform)
    return more


def _disagreements(
    lock: LockFile, members: Sequence[EnvironmentInputs], group: str, platform: str
) -> list[Mismatch]:
    locations: dict[tuple[bool, str], str] = {}
    for one in members:
        environment = lock.environments[one.environment]
        for record in environment.packages.get(platform, ()):
            key = (isinstance(record, PypiRecord), record.name)
            if locations.setdefault(key, record.location) != record.location:
                return [
                    GroupDisagrees(
                        environment=member.environment,
                        platform=platform,
                        group=group,
                        package=record.name,
                    )
                    for member in members
                ]
    return []
