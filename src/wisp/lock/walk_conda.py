"""Following conda specs through what is locked, each to the package it is met by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wisp.lock.mismatch import Mismatch
from wisp.lock.mismatch_platform import MANIFEST, RequirementUnmet
from wisp.lock.question import PlatformQuestion
from wisp.lock.satisfy_conda import CondaSide
from wisp.platforms import VirtualPackage
from wisp.specs.match import Spec, parse_spec
from wisp.specs.records import CondaRecord, LockedConda, PypiRecord


class CondaWalk:
    """What has been reached of the conda packages, and what is still to be looked at.

    `requested` are the names that conda specs ask for, `visited` all that were reached, those
    included that only PyPI packages need.
    """

    def __init__(self, question: PlatformQuestion) -> None:
        records = (one for one in question.records if not isinstance(one, PypiRecord))
        self.side = CondaSide(records, question.inputs.platform)
        self.requested: set[str] = set()
        self.visited: set[str] = set()
        self._where = question.where
        self._queued: set[str] = set()
        self._queue: list[tuple[Spec, LockedConda | None]] = []

    def want(self, spec: Spec) -> None:
        """Queue what the manifest asks for."""
        self._queue.append((spec, None))

    def follow(self) -> Iterator[Mismatch]:
        """Follow what is queued, and yield what is not met."""
        queue, built = self._queue, self.side.built
        while queue:
            spec, requirer = queue.pop()
            record = built.get(spec.name)
            # Nearly all specs are plain ones that a built package meets.
            if record is not None and spec.is_plain and spec.matches(record):
                self.requested.add(spec.name)
                self.visit(record)
            else:
                yield from self._follow(spec, requirer)

    def _follow(self, spec: Spec, requirer: LockedConda | None) -> Iterator[Mismatch]:
        if not self.side.applies(spec.condition):
            return
        found = self.side.meets(spec)
        if found is None:
            yield self.unmet(spec, requirer)
        elif not isinstance(found, VirtualPackage):
            self.requested.add(found.name)
            self.visit(found)
            for extra in spec.extras:
                self._queue_depends(found, found.extra_depends.get(extra, ()))

    def visit(self, record: LockedConda) -> None:
        """Queue what a package depends on."""
        if record.name not in self.visited:
            self.visited.add(record.name)
            self._queue_depends(record, record.depends)

    def _queue_depends(self, record: LockedConda, depends: Iterable[str]) -> None:
        for text in depends:
            if text not in self._queued:
                self._queued.add(text)
                self._queue.append((parse_spec(text), record))

    def unmet(self, spec: Spec, requirer: LockedConda | None = None) -> RequirementUnmet:
        """Return the reason of a spec that nothing meets."""
        return RequirementUnmet(
            requirement=spec.canonical, required_by=_shown(requirer), **self._where
        )


def _shown(requirer: LockedConda | None) -> str:
    """Name in messages who requires something: a file, a source package, or the manifest."""
    if requirer is None:
        return MANIFEST
    is_built = isinstance(requirer, CondaRecord)
    return requirer.location.rpartition("/")[2] if is_built else requirer.name
