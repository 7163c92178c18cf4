"""The walk through what is locked for one platform, from the manifest's requirements on.

Conda specs are followed through `depends` and requested extras, PyPI requirements through
`requires_dist`. Each must be met, and nothing may be left over. The first reason found is the
answer: what follows from a broken requirement says nothing of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from wisp.layout import DEFAULT_INDEX
from wisp.lock.facts import SourceFacts
from wisp.lock.markers import markers_of
from wisp.lock.mismatch import Mismatch
from wisp.lock.mismatch_platform import (
    MANIFEST,
    CondaOnlyForPypi,
    CondaPackagesUnused,
    ConstraintViolated,
    DependencyUnreadable,
    DuplicatePackage,
    MissingPurls,
    PypiPackagesUnused,
    PypiRequirementUnmet,
    PythonMissing,
    RequirementUnmet,
    SourceMoved,
    SourceWanted,
)
from wisp.lock.model import EnvironmentRow
from wisp.lock.places import describe
from wisp.lock.satisfy_conda import CondaSide, comes_from, source_fits
from wisp.lock.satisfy_pypi import (
    PypiContext,
    check_conda_stand_in,
    check_project,
    check_python,
    check_record,
)
from wisp.lock.satisfy_sources import check_old_sources, check_sources
from wisp.lock.wanted import Wanted, from_manifest, from_metadata
from wisp.platforms import VirtualPackage
from wisp.specs.conda import CondaRequirement
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.match import Spec, SpecSyntaxError, parse_spec, requirement_spec
from wisp.specs.records import CondaRecord, LockedConda, PypiRecord, Record
from wisp.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformQuestion:
    """One environment on one platform: what is asked, what is locked, what is known besides.

    `group_requested` are the names of conda packages that conda specs of other environments of
    the solve group ask for.
    """

    inputs: EnvironmentInputs
    locked: EnvironmentRow
    lock_version: int
    facts: SourceFacts
    group_requested: Set[str] = frozenset()

    @property
    def records(self) -> tuple[Record, ...]:
        """The records of the platform."""
        return self.locked.packages.get(self.inputs.platform.name, ())


def check_platform(question: PlatformQuestion) -> Mismatch | None:
    """Return the first reason why what is locked for a platform does not fit, if any."""
    walk = _Walk(question)
    try:
        return next(walk.reasons(), None)
    except SpecSyntaxError as error:
        return DependencyUnreadable(fault=error.message, **walk.where)


class _Walk:
    def __init__(self, question: PlatformQuestion) -> None:
        self.question = question
        self.inputs = question.inputs
        records = question.records
        self.conda = CondaSide(
            (one for one in records if not isinstance(one, PypiRecord)), self.inputs.platform
        )
        self.pypi = {one.name: one for one in records if isinstance(one, PypiRecord)}
        self.where = {
            "environment": self.inputs.environment,
            "platform": self.inputs.platform.name,
        }
        self.queued: set[str] = set()
        self.visited: set[str] = set()
        self.conda_requested: set[str] = set()
        self.pypi_used_conda: dict[str, None] = {}
        self.delayed: list[Mismatch] = []
        self.pypi_visited: dict[str, frozenset[str]] = {}
        self.conda_queue: list[tuple[Spec, LockedConda | None]] = []
        self.pypi_queue: list[tuple[Wanted, str]] = []

    def reasons(self) -> Iterator[Mismatch]:
        """Yield reasons in the order of the checks; only the first is of interest."""
        yield from check_old_sources(self.question)
        yield from self.preconditions()
        yield from self.manifest_requirements()
        yield from self.conda_requirements()
        yield from self.pypi_requirements()
        yield from self.constraints()
        yield from self.leftovers()
        yield from check_sources(self.question, self.conda.records, self.visited)

    def preconditions(self) -> Iterator[Mismatch]:
        inputs = self.inputs
        records = self.conda.records.values()
        binaries = [record for record in records if isinstance(record, CondaRecord)]
        nobody_looked = all(record.purls is None for record in binaries)
        if inputs.pypi_dependencies and not self.pypi and nobody_looked:
            yield MissingPurls(**self.where)
        if self.conda.duplicate is not None:
            yield DuplicatePackage(package=self.conda.duplicate, **self.where)
        if self.conda.records and not (inputs.dependencies or inputs.dev):
            yield CondaPackagesUnused(packages=(), **self.where)

    def manifest_requirements(self) -> Iterator[Mismatch]:
        """Queue what the manifest asks for; places of origin are compared here."""
        for requirement in self.inputs.dependencies:
            spec = requirement_spec(requirement)
            if not self.conda.applies(requirement.spec.when):
                continue
            yield from self.origin(requirement, spec)
            self.conda_queue.append((spec, None))

    def origin(self, requirement: CondaRequirement, spec: Spec) -> Iterator[Mismatch]:
        record = self.conda.records.get(spec.name)
        location = requirement.spec.location
        if record is None:
            return
        if location is not None and requirement.spec.is_source:
            if isinstance(record, CondaRecord):
                yield SourceWanted(package=spec.name, **self.where)
            elif not source_fits(requirement, record, self.inputs):
                yield SourceMoved(
                    package=spec.name,
                    wanted=describe(location),
                    locked=record.location,
                    **self.where,
                )
        elif isinstance(record, CondaRecord) and not comes_from(requirement, record, self.inputs):
            yield self.unmet(spec, None)

    def conda_requirements(self) -> Iterator[Mismatch]:
        """Follow what is queued, each spec to the package it is met by, and what that one needs."""
        queue, built = self.conda_queue, self.conda.built
        while queue:
            spec, requirer = queue.pop()
            record = built.get(spec.name)
            # Nearly all specs are plain ones that a built package meets.
            if record is not None and spec.is_plain and spec.matches(record):
                self.conda_requested.add(spec.name)
                self.visit(record)
            else:
                yield from self.follow_conda(spec, requirer)

    def follow_conda(self, spec: Spec, requirer: LockedConda | None) -> Iterator[Mismatch]:
        if not self.conda.applies(spec.condition):
            return
        found = self.conda.meets(spec)
        if found is None:
            yield self.unmet(spec, requirer)
        elif not isinstance(found, VirtualPackage):
            self.conda_requested.add(found.name)
            self.visit(found)
            for extra in spec.extras:
                self.queue_depends(found, found.extra_depends.get(extra, ()))

    def visit(self, record: LockedConda) -> None:
        if record.name not in self.visited:
            self.visited.add(record.name)
            self.queue_depends(record, record.depends)

    def queue_depends(self, record: LockedConda, depends: Iterable[str]) -> None:
        for text in depends:
            if text not in self.queued:
                self.queued.add(text)
                self.conda_queue.append((parse_spec(text), record))

    def unmet(self, spec: Spec, requirer: LockedConda | None) -> RequirementUnmet:
        return RequirementUnmet(
            requirement=spec.canonical, required_by=_shown(requirer), **self.where
        )

    def pypi_requirements(self) -> Iterator[Mismatch]:
        wanted = [from_manifest(one) for one in self.inputs.pypi_dependencies]
        if not wanted:
            return
        python = self.conda.records.get("python")
        version = python.version if isinstance(python, CondaRecord) else None
        markers = markers_of(self.inputs.platform.subdir, version or "")
        if version is None or markers is None:
            yield PythonMissing(**self.where)
            return
        self.markers = markers
        self.context = self.pypi_context(version)
        self.pypi_queue += [(one, MANIFEST) for one in wanted if self.markers.hold(one.marker)]
        while self.pypi_queue:
            yield from self.follow_pypi(*self.pypi_queue.pop())
            yield from self.conda_requirements()

    def pypi_context(self, python: str) -> PypiContext:
        options = self.inputs.pypi_options
        overrides = [from_manifest(one) for one in options.dependency_overrides]
        return PypiContext(
            root=self.inputs.root,
            lock_version=self.question.lock_version,
            python=python,
            indexes=(options.index_url or DEFAULT_INDEX, *options.extra_index_urls),
            links=tuple(link.url or link.path or "" for link in options.find_links),
            overrides={one.name: one for one in overrides},
            **self.where,
        )

    def follow_pypi(self, wanted: Wanted, required_by: str) -> Iterator[Mismatch]:
        stand_in = self.conda.by_pypi_name.get(wanted.name)
        if stand_in is not None:
            reason = check_conda_stand_in(wanted, stand_in, required_by, self.context)
            if reason is not None:
                yield reason
            self.pypi_used_conda[stand_in.name] = None
            self.visit(stand_in)
            return
        record = self.pypi.get(wanted.name)
        if record is None:
            self.delay(
                PypiRequirementUnmet(requirement=wanted.text, required_by=required_by, **self.where)
            )
            return
        asked = self.context.overrides.get(wanted.name, wanted)
        self.delay(check_record(asked, record, self.context))
        self.visit_pypi(record, wanted.extras)

    def delay(self, reason: Mismatch | None) -> None:
        """Keep a reason of the PyPI part until the conda part is known to fit."""
        if reason is not None:
            self.delayed.append(reason)

    def visit_pypi(self, record: PypiRecord, extras: frozenset[str]) -> None:
        """Queue what a package requires, once for each set of extras that adds to it."""
        known = self.pypi_visited.get(record.name)
        if known is None:
            self.delay(check_python(record, self.context))
            self.delay(check_project(record, self.question.facts, self.context))
        elif extras <= known:
            return
        self.pypi_visited[record.name] = extras | (known or frozenset())
        for text in record.requires_dist:
            wanted = from_metadata(text)
            if wanted is not None and self.markers.hold(wanted.marker, extras):
                self.pypi_queue.append((wanted, record.name))

    def constraints(self) -> Iterator[Mismatch]:
        for constraint in self.inputs.constraints:
            spec = requirement_spec(constraint)
            record = self.conda.records.get(spec.name)
            if not isinstance(record, CondaRecord) or not self.conda.applies(constraint.spec.when):
                continue
            if not (spec.matches(record) and comes_from(constraint, record, self.inputs)):
                yield ConstraintViolated(
                    constraint=spec.canonical, package=record.name, **self.where
                )

    def leftovers(self) -> Iterator[Mismatch]:
        unused = tuple(name for name in self.conda.records if name not in self.visited)
        if unused and not self.inputs.dev:
            yield CondaPackagesUnused(packages=unused, **self.where)
        yield from self.delayed
        extra = tuple(name for name in self.pypi if name not in self.pypi_visited)
        if extra:
            yield PypiPackagesUnused(packages=extra, **self.where)
        requested = self.conda_requested | self.question.group_requested
        for name in self.pypi_used_conda:
            if name not in requested:
                yield CondaOnlyForPypi(package=name, **self.where)


def _shown(requirer: LockedConda | None) -> str:
    """Name in messages who requires something: a file, a source package, or the manifest."""
    if requirer is None:
        return MANIFEST
    return (
        requirer.location.rpartition("/")[2] if isinstance(requirer, CondaRecord) else requirer.name
    )
