"""Following PyPI requirements through what is locked, conda packages that stand in included."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping

from wisp.layout import DEFAULT_INDEX
from wisp.lock.markers import Markers, markers_of
from wisp.lock.mismatch import Mismatch
from wisp.lock.mismatch_platform import MANIFEST, PypiRequirementUnmet, PythonMissing
from wisp.lock.question import PlatformQuestion
from wisp.lock.satisfy_pypi import (
    PypiContext,
    check_conda_stand_in,
    check_project,
    check_python,
    check_record,
)
from wisp.lock.walk_conda import CondaWalk
from wisp.lock.wanted import PypiRequirementView, from_manifest, from_metadata
from wisp.specs.package_names import python_of
from wisp.specs.records import PypiRecord
from wisp.values import dataclass


@dataclass(frozen=True, slots=True)
class PypiReached:
    """Where the walk came: PyPI packages, conda packages that stand for some, and reasons.

    The reasons wait until the conda part is known to fit.
    """

    visited: Collection[str] = ()
    stand_ins: Collection[str] = ()
    delayed: tuple[Mismatch, ...] = ()


def follow_pypi(
    question: PlatformQuestion, conda: CondaWalk
) -> Generator[Mismatch, None, PypiReached]:
    """Follow what the manifest asks of PyPI; yield reasons that cannot wait."""
    wanted = [from_manifest(one) for one in question.inputs.pypi_dependencies]
    if not wanted:
        return PypiReached()
    python = python_of(conda.side.records.values())
    version = python.version if python else ""
    markers = markers_of(question.inputs.platform.subdir, version)
    if python is None or markers is None:
        yield PythonMissing(**question.where)
        return PypiReached()
    walk = _PypiWalk(question, conda, _context(question, version), markers)
    yield from walk.follow(wanted)
    return PypiReached(walk.visited.keys(), walk.stand_ins.keys(), tuple(walk.delayed))


def _context(question: PlatformQuestion, python: str) -> PypiContext:
    options = question.inputs.pypi_options
    overrides = [from_manifest(one) for one in options.dependency_overrides]
    return PypiContext(
        root=question.inputs.root,
        lock_version=question.lock_version,
        python=python,
        indexes=(options.index_url or DEFAULT_INDEX, *options.extra_index_urls),
        links=tuple(link.url or link.path or "" for link in options.find_links),
        overrides={one.name: one for one in overrides},
        **question.where,
    )


class _PypiWalk:
    def __init__(
        self,
        question: PlatformQuestion,
        conda: CondaWalk,
        context: PypiContext,
        markers: Markers,
    ) -> None:
        self._question = question
        self._conda = conda
        self._context = context
        self._markers = markers
        self._records: Mapping[str, PypiRecord] = {
            one.name: one for one in question.records if isinstance(one, PypiRecord)
        }
        self._queue: list[tuple[PypiRequirementView, str]] = []
        self.visited: dict[str, frozenset[str]] = {}
        self.stand_ins: dict[str, None] = {}
        self.delayed: list[Mismatch] = []

    def follow(self, wanted: list[PypiRequirementView]) -> Iterator[Mismatch]:
        self._queue += [(one, MANIFEST) for one in wanted if self._markers.hold(one.marker)]
        while self._queue:
            yield from self._follow(*self._queue.pop())
            yield from self._conda.follow()

    def _follow(self, wanted: PypiRequirementView, required_by: str) -> Iterator[Mismatch]:
        stand_in = self._conda.side.by_pypi_name.get(wanted.name)
        if stand_in is not None:
            reason = check_conda_stand_in(wanted, stand_in, required_by, self._context)
            if reason is not None:
                yield reason
            self.stand_ins[stand_in.name] = None
            self._conda.visit(stand_in)
            return
        record = self._records.get(wanted.name)
        if record is None:
            where = self._question.where
            self._delay(
                PypiRequirementUnmet(requirement=wanted.text, required_by=required_by, **where)
            )
            return
        asked = self._context.overrides.get(wanted.name, wanted)
        self._delay(check_record(asked, record, self._context))
        self._visit(record, wanted.extras)

    def _delay(self, reason: Mismatch | None) -> None:
        if reason is not None:
            self.delayed.append(reason)

    def _visit(self, record: PypiRecord, extras: frozenset[str]) -> None:
        """Queue what a package requires, once for each set of extras that adds to it."""
        known = self.visited.get(record.name)
        if known is None:
            self._delay(check_python(record, self._context))
            self._delay(check_project(record, self._question.facts, self._context))
        elif extras <= known:
            return
        self.visited[record.name] = extras | (known or frozenset())
        for text in record.requires_dist:
            wanted = from_metadata(text)
            if wanted is not None and self._markers.hold(wanted.marker, extras):
                self._queue.append((wanted, record.name))
