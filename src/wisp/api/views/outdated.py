"""Which locked packages have newer versions, and what keeps the lock from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wisp.api.locks.locked_view import look_up_all
from wisp.api.locks.relocking import update
from wisp.api.opened import OpenedWorkspace
from wisp.api.views.newest import Newest, NewestVersions
from wisp.api.views.reasons import asked_for
from wisp.errors import WispError
from wisp.lock.graph import Key, graph_of, key_of
from wisp.lock.model import LockFile
from wisp.lock.wanted import from_manifest
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.match import parse_spec
from wisp.specs.package_names import spec_name
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.specs.records import PackageKind


@dataclass(frozen=True, slots=True)
class Hold:
    """A requirement that a newer version does not fit, and who has it: None is the manifest.

    It may be the newer version itself, if that needs what is not locked.
    """

    by: str | None
    requirement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutdatedPackage:
    """A locked package of which there is a newer version.

    `allowed` is the version that `update` would lock, `newest` the newest of its channel or index.
    `held_by` tells why these differ; it is empty where no single requirement is the reason.
    """

    environment: str
    platform: str
    name: str
    kind: PackageKind
    locked: str
    allowed: str
    newest: str
    is_explicit: bool
    held_by: tuple[Hold, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        held = [{"by": hold.by, "requirement": hold.requirement} for hold in self.held_by]
        return {
            "environment": self.environment,
            "platform": self.platform,
            "name": self.name,
            "kind": self.kind,
            "locked": self.locked,
            "allowed": self.allowed,
            "newest": self.newest,
            "is_explicit": self.is_explicit,
            "held_by": held,
        }


def outdated(
    workspace: OpenedWorkspace,
    packages: Sequence[str] = (),
    environments: Sequence[str] = (),
    platforms: Sequence[str] = (),
    *,
    explicit: bool = False,
) -> tuple[OutdatedPackage, ...]:
    """List what could be newer: of all packages, environments and platforms unless named.

    `explicit` are those that the manifest names. Of sources, URLs and folders nobody knows a newer
    version. Nothing is written.

    Raises:
        ManifestError: There is no such environment or platform.
        SolveError: Nothing satisfies the manifest.
        FetchError: A channel or an index cannot be read.
        WispError: A named package is not locked.

    """
    lock, chosen = look_up_all(workspace, environments, platforms)
    _require(lock, chosen, packages)
    allowed = update(workspace, (), environments, platforms, dry_run=True).lock
    newest = NewestVersions(workspace, lock, chosen)
    return tuple(
        row
        for inputs in chosen
        for row in _rows(lock, allowed, inputs, newest)
        if (row.is_explicit or not explicit) and (not packages or row.name in packages)
    )


def _require(lock: LockFile, chosen: Iterable[EnvironmentInputs], names: Sequence[str]) -> None:
    places = [(one.environment, one.platform.name) for one in chosen]
    known = {record.name for place in places for record in lock.packages(*place)}
    if unknown := [name for name in names if name not in known]:
        raise WispError(
            f"no package '{unknown[0]}' is locked", hints=("`pixi list` shows what is",)
        )


def _rows(
    lock: LockFile, allowed: LockFile, inputs: EnvironmentInputs, newest: NewestVersions
) -> Iterator[OutdatedPackage]:
    place = (inputs.environment, inputs.platform.name)
    records = lock.packages(*place)
    later = {key_of(record): record.version for record in allowed.packages(*place)}
    requirements = _Requirements(records, inputs)
    for record in sorted(records, key=lambda record: record.name):
        found = newest.of(record, inputs)
        if found is None or record.version is None or not found.is_after(record.version):
            continue
        key = key_of(record)
        reachable = later.get(key) or record.version
        yield OutdatedPackage(
            environment=place[0],
            platform=place[1],
            name=record.name,
            kind="pypi" if found.is_pypi else "conda",
            locked=record.version,
            allowed=reachable,
            newest=found.version,
            is_explicit=key in requirements.explicit,
            held_by=requirements.against(key, found) if found.is_after(reachable) else (),
        )


class _Requirements:
    """What the packages of one environment, and the manifest, ask of each other."""

    def __init__(self, records: Sequence[Record], inputs: EnvironmentInputs) -> None:
        graph = graph_of(records, inputs.platform.subdir)
        asked = list(asked_for(graph, inputs))
        self.explicit = {key_of(need.record) for need in asked}
        self._locked = {record.name: record for record in records}
        #: By package: the requirement, and whether it is one of PEP 508.
        self._all: dict[Key, list[tuple[Hold, bool]]] = {}
        pypi = {from_manifest(one).text.partition(" ;")[0] for one in inputs.pypi_dependencies}
        for need in asked:
            self._add(need.record, Hold(None, need.text), need.text in pypi)
        for record in records:
            for need in graph.needs(record):
                self._add(need.record, Hold(record.name, need.text), isinstance(record, PypiRecord))

    def _add(self, record: Record, hold: Hold, is_pypi: bool) -> None:
        self._all.setdefault(key_of(record), []).append((hold, is_pypi))

    def against(self, key: Key, newest: Newest) -> tuple[Hold, ...]:
        """Return the requirements that speak against a version, each once."""
        found = [
            hold
            for hold, is_pypi in self._all.get(key, ())
            if not (newest.fits_requirement if is_pypi else newest.fits_spec)(hold.requirement)
        ]
        return tuple(dict.fromkeys([*found, *self._unmet(newest)]))

    def _unmet(self, newest: Newest) -> Iterator[Hold]:
        """Yield what a newer version needs and what is locked does not fit."""
        for text in newest.depends:
            needed = self._locked.get(spec_name(text))
            if isinstance(needed, CondaRecord) and not parse_spec(text).matches(needed):
                yield Hold(f"{newest.name} {newest.version}", text)
