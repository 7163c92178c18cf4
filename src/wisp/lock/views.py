"""The difference of two locks: as a value, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wisp.lock.model import LockFile
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import CondaRecord, CondaSourceRecord, Record, package_kind
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.specs.records import PackageKind

_JSON_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChange:
    """What became of one package: `before` is None if it is new, `after` if it is gone."""

    name: str
    kind: PackageKind
    before: Record | None
    after: Record | None
    explicit: bool = False

    @property
    def shown_before(self) -> str:
        """Version and build of what was there, or where it was; empty for nothing."""
        return _shown(self.before)

    @property
    def shown_after(self) -> str:
        """Version and build of what is there now, or where it is; empty for nothing."""
        return _shown(self.after)


@dataclass(frozen=True, slots=True)
class Difference:
    """Changes by environment and platform; what did not change is not mentioned."""

    environments: Mapping[str, Mapping[str, tuple[PackageChange, ...]]] = field(
        default_factory=dict
    )

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.environments)

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "version": _JSON_VERSION,
            "environment": {
                name: {
                    platform: [_json(change) for change in changes]
                    for platform, changes in platforms.items()
                }
                for name, platforms in self.environments.items()
            },
        }


def difference(
    old: LockFile | None, new: LockFile, inputs: Iterable[EnvironmentInputs] = ()
) -> Difference:
    """Compare two locks. A package changed if its location did.

    `inputs` tell which packages the manifest itself asks for.
    """
    explicit = {(one.environment, one.platform.name): _explicit_names(one) for one in inputs}
    before = _packages(old) if old is not None else {}
    after = _packages(new)
    found: dict[str, dict[str, tuple[PackageChange, ...]]] = {}
    for pair in sorted({*before, *after}):
        changes = _changes(
            before.get(pair, {}), after.get(pair, {}), explicit.get(pair, frozenset())
        )
        if changes:
            found.setdefault(pair[0], {})[pair[1]] = changes
    return Difference(found)


def _explicit_names(inputs: EnvironmentInputs) -> frozenset[str]:
    conda = (requirement.name for requirement in inputs.dependencies)
    pypi = (requirement.normalized for requirement in inputs.pypi_dependencies)
    return frozenset((*conda, *pypi))


def _packages(lock: LockFile) -> dict[tuple[str, str], dict[str, Record]]:
    return {
        (name, platform): {record.name: record for record in records}
        for name, environment in lock.environments.items()
        for platform, records in environment.packages.items()
    }


def _changes(
    before: Mapping[str, Record], after: Mapping[str, Record], explicit: frozenset[str]
) -> tuple[PackageChange, ...]:
    return tuple(
        PackageChange(
            name=name,
            kind=package_kind(after.get(name) or before[name]),
            before=before.get(name),
            after=after.get(name),
            explicit=name in explicit,
        )
        for name in sorted({*before, *after})
        if _identity(before.get(name)) != _identity(after.get(name))
    )


def _identity(record: Record | None) -> str | None:
    if record is None:
        return None
    return record.identifier if isinstance(record, CondaSourceRecord) else record.location


def _shown(record: Record | None) -> str:
    if record is None:
        return ""
    if record.version is None:
        return f"@ {record.location}"
    return f"{record.version} {record.build}" if isinstance(record, CondaRecord) else record.version


def _json(change: PackageChange) -> dict[str, Any]:
    before = _fields(change.before)
    after = _fields(change.after)
    if before is not None and after is not None:
        same = {key for key in before if key in after and before[key] == after[key]}
        before = {key: value for key, value in before.items() if key not in same}
        after = {key: value for key, value in after.items() if key not in same}
    row: dict[str, Any] = {
        "name": change.name,
        "before": before,
        "after": after,
        "type": change.kind,
    }
    if change.explicit:
        row["explicit"] = True
    return row


def _fields(record: Record | None) -> dict[str, Any] | None:
    """Return the fields of a record, with those that its location only implies."""
    if record is None:
        return None
    from wisp.lock.write import entry_of

    entry = entry_of(record)
    if isinstance(record, CondaRecord):
        implied = {"name": record.name, "version": record.version, "build": record.build}
        return {"conda": record.location, **implied, **entry}
    return entry
