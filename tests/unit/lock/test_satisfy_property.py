"""What is locked is satisfied, and stays so; what is taken away is missed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.unit.lock.samples import CHANNEL, conda, lock_of
from wisp.lock.model import LockFile
from wisp.lock.read import read
from wisp.lock.satisfy import check
from wisp.lock.write import sort_key, write
from wisp.platforms import bare
from wisp.specs.conda import Channel, CondaRequirement, CondaSpec
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import CondaRecord

SPECS = (">={0}", "=={0}", "{0}.*", ">={0},<99", "!=0.1", "*")


@st.composite
def solved(draw: st.DrawFn) -> tuple[EnvironmentInputs, LockFile]:
    """Packages that depend on later ones, a manifest that asks for some, the lock of both."""
    count = draw(st.integers(1, 7))
    versions = [draw(st.sampled_from(("1.0", "2.3", "10.0"))) for _ in range(count)]

    def wanted(number: int) -> str:
        return draw(st.sampled_from(SPECS)).format(versions[number])

    packages = []
    for number in range(count):
        later = draw(st.sets(st.integers(number + 1, count - 1))) if number < count - 1 else set()
        depends = (f"p{other} {wanted(other)}" for other in sorted(later))
        packages.append(conda(f"p{number}", versions[number], "0", *depends))
    roots = draw(st.sets(st.integers(0, count - 1), min_size=1))
    requirements = tuple(
        CondaRequirement(f"p{number}", CondaSpec(version=wanted(number))) for number in roots
    )
    inputs = EnvironmentInputs(
        environment="default",
        platform=bare("linux-64"),
        root=Path("/nowhere"),
        channels=(Channel("conda", f"{CHANNEL}/"),),
        dependencies=requirements,
    )
    return inputs, lock_of(*_closure(packages, roots))


def _closure(packages: list[CondaRecord], roots: set[int]) -> list[CondaRecord]:
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += [int(text.split()[0][1:]) for text in packages[number].depends]
    return sorted((packages[number] for number in found), key=sort_key)


def quick(max_examples: int) -> settings:
    return settings(
        max_examples=max_examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


@quick(60)
@given(solved())
def test_what_is_locked_is_satisfied_before_and_after_writing(
    case: tuple[EnvironmentInputs, LockFile],
) -> None:
    inputs, lock = case
    assert check(lock, [inputs]) == []
    assert check(read(write(lock), "x"), [inputs]) == []


@quick(40)
@given(solved(), st.data())
def test_every_package_is_missed_and_every_stranger_is_seen(
    case: tuple[EnvironmentInputs, LockFile], data: st.DataObject
) -> None:
    inputs, lock = case
    environment = lock.environments["default"]
    records = environment.packages["linux-64"]
    gone = data.draw(st.sampled_from(records))
    assume(len(records) > 1)
    for changed in (
        tuple(record for record in records if record is not gone),
        (*records, conda("stranger")),
    ):
        other = dataclasses.replace(environment, packages={"linux-64": changed})
        assert check(dataclasses.replace(lock, environments={"default": other}), [inputs])
