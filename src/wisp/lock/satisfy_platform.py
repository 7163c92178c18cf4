"""Whether what is locked for one platform fits what one environment asks for.

Conda specs are followed through `depends` and requested extras, PyPI requirements through
`requires_dist`. Each must be met, and nothing may be left over. The first reason found is the
answer: what follows from a broken requirement says nothing of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from wisp.lock.mismatch import Mismatch
from wisp.lock.mismatch_platform import (
    CondaOnlyForPypi,
    CondaPackagesUnused,
    ConstraintViolated,
    DependencyUnreadable,
    DuplicatePackage,
    MissingPurls,
    PypiPackagesUnused,
    SourceMoved,
    SourceWanted,
)
from wisp.lock.places import describe
from wisp.lock.question import PlatformQuestion
from wisp.lock.satisfy_conda import CondaSide, comes_from, source_fits
from wisp.lock.satisfy_sources import check_old_sources, check_sources
from wisp.lock.walk_conda import CondaWalk
from wisp.lock.walk_pypi import PypiReached, follow_pypi
from wisp.specs.conda import CondaRequirement
from wisp.specs.match import Spec, SpecSyntaxError, requirement_spec
from wisp.specs.records import CondaRecord, PypiRecord


def check_platform(question: PlatformQuestion) -> Mismatch | None:
    """Return the first reason why what is locked for a platform does not fit, if any."""
    try:
        return next(_reasons(question), None)
    except SpecSyntaxError as error:
        return DependencyUnreadable(fault=error.message, **question.where)


def _reasons(question: PlatformQuestion) -> Iterator[Mismatch]:
    """Yield reasons in the order of the checks, which is that of Pixi."""
    yield from check_old_sources(question)
    conda = CondaWalk(question)
    yield from _preconditions(question, conda.side)
    yield from _manifest_requirements(question, conda)
    yield from conda.follow()
    pypi = yield from follow_pypi(question, conda)
    yield from _constraints(question, conda.side)
    yield from _leftovers(question, conda, pypi)
    yield from check_sources(question, conda.side.records, conda.visited)


def _preconditions(question: PlatformQuestion, conda: CondaSide) -> Iterator[Mismatch]:
    inputs = question.inputs
    binaries = [record for record in conda.records.values() if isinstance(record, CondaRecord)]
    nobody_looked = all(record.purls is None for record in binaries)
    has_pypi = any(isinstance(record, PypiRecord) for record in question.records)
    if inputs.pypi_dependencies and not has_pypi and nobody_looked:
        yield MissingPurls(**question.where)
    if conda.duplicate is not None:
        yield DuplicatePackage(package=conda.duplicate, **question.where)
    if conda.records and not (inputs.dependencies or inputs.dev):
        yield CondaPackagesUnused(packages=(), **question.where)


def _manifest_requirements(question: PlatformQuestion, conda: CondaWalk) -> Iterator[Mismatch]:
    """Queue what the manifest asks for; places of origin are compared here."""
    for requirement in question.inputs.dependencies:
        spec = requirement_spec(requirement)
        if not conda.side.applies(requirement.spec.when):
            continue
        yield from _origin(question, conda, requirement, spec)
        conda.want(spec)


def _origin(
    question: PlatformQuestion, conda: CondaWalk, requirement: CondaRequirement, spec: Spec
) -> Iterator[Mismatch]:
    record = conda.side.records.get(spec.name)
    location = requirement.spec.location
    if record is None:
        return
    if location is not None and requirement.spec.is_source:
        if isinstance(record, CondaRecord):
            yield SourceWanted(package=spec.name, **question.where)
        elif not source_fits(requirement, record, question.inputs):
            yield SourceMoved(
                package=spec.name,
                wanted=describe(location),
                locked=record.location,
                **question.where,
            )
    elif isinstance(record, CondaRecord) and not comes_from(requirement, record, question.inputs):
        yield conda.unmet(spec)


def _constraints(question: PlatformQuestion, conda: CondaSide) -> Iterator[Mismatch]:
    for constraint in question.inputs.constraints:
        spec = requirement_spec(constraint)
        record = conda.records.get(spec.name)
        if not isinstance(record, CondaRecord) or not conda.applies(constraint.spec.when):
            continue
        if not (spec.matches(record) and comes_from(constraint, record, question.inputs)):
            yield ConstraintViolated(
                constraint=spec.canonical, package=record.name, **question.where
            )


def _leftovers(
    question: PlatformQuestion, conda: CondaWalk, pypi: PypiReached
) -> Iterator[Mismatch]:
    unused = tuple(name for name in conda.side.records if name not in conda.visited)
    if unused and not question.inputs.dev:
        yield CondaPackagesUnused(packages=unused, **question.where)
    yield from pypi.delayed
    locked = dict.fromkeys(one.name for one in question.records if isinstance(one, PypiRecord))
    extra = tuple(name for name in locked if name not in pypi.visited)
    if extra:
        yield PypiPackagesUnused(packages=extra, **question.where)
    requested = conda.requested | question.group_requested
    for name in pypi.stand_ins:
        if name not in requested:
            yield CondaOnlyForPypi(package=name, **question.where)
