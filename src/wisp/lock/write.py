"""Lock files from values to text: version 7, the same bytes for the same content.

Everything is sorted, nothing is written that can be derived from what is (`wisp.lock.derive`),
and rich platforms appear under their aliases (`wisp.lock.aliases`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.layout import DEFAULT_INDEX
from wisp.lock.aliases import names_on_disk
from wisp.lock.derive import derive, derived_build_number, derived_noarch
from wisp.lock.emit import dump
from wisp.lock.merge import merged
from wisp.lock.model import LOCK_VERSION, EnvironmentRow, LockFile, LockOptions, LockPlatform
from wisp.specs.origins import is_wheel
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord, Record, RunExports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The order of the keys of a source record, kept for those that come from `raw` too.
_SOURCE_KEYS = (
    "version",
    "build",
    "build_number",
    "subdir",
    "noarch",
    "variants",
    "depends",
    "constrains",
    "extra_depends",
    "features",
    "flags",
    "track_features",
    "license",
    "license_family",
    "purls",
    "run_exports",
    "size",
    "source",
    "source_depends",
    "python_site_packages_path",
    "build_packages",
    "host_packages",
)
_RUN_EXPORTS = ("weak", "strong", "noarch", "weak_constrains", "strong_constrains")
_KIND_ORDER = {"conda": 0, "conda_source": 1, "pypi": 2}


def write(lock: LockFile, rich: Sequence[str] = ()) -> str:
    """Write a lock as text.

    `rich` names the rich platforms of the workspace in its order, which numbers their aliases
    (`wisp.lock.aliases.rich_names`). Names that are not among them are written as they are.
    """
    names = names_on_disk(rich)
    rows = [_platform(row, names) for row in lock.platforms]
    return dump(
        {
            "version": LOCK_VERSION,
            "platforms": sorted(rows, key=lambda row: str(row["name"])),
            "environments": {
                name: _environment(environment, names)
                for name, environment in sorted(lock.environments.items())
            },
            "packages": [entry_of(record) for record in _records(lock)],
        }
    )


def selector(record: Record) -> tuple[str, str]:
    """Return kind and identifier, by which a record is referred to and sorted."""
    if isinstance(record, CondaRecord):
        return "conda", record.location
    if isinstance(record, CondaSourceRecord):
        return "conda_source", record.identifier
    return "pypi", record.location


def sort_key(record: Record) -> tuple[int, str]:
    """Order records as lock files do: by kind, then by identifier."""
    kind, identifier = selector(record)
    return _KIND_ORDER[kind], identifier


def _platform(row: LockPlatform, names: Mapping[str, str]) -> dict[str, Any]:
    name = names.get(row.name, row.name)
    entry: dict[str, Any] = {"name": name}
    if row.subdir != name:
        entry["subdir"] = row.subdir
    if row.virtual_packages:
        entry["virtual-packages"] = row.virtual_packages
    return entry


def _environment(environment: EnvironmentRow, names: Mapping[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "channels": [
            {"url": channel.url, "used_env_vars": channel.used_env_vars}
            if channel.used_env_vars
            else {"url": channel.url}
            for channel in environment.channels
        ]
    }
    if environment.indexes is not None:
        entry["indexes"] = environment.indexes
        if environment.find_links:
            entry["find-links"] = [
                {"path": link.path} if link.path is not None else {"url": link.url}
                for link in environment.find_links
            ]
    options = _options(environment.options)
    if options:
        entry["options"] = options
    platforms = {names.get(name, name): locked for name, locked in environment.packages.items()}
    entry["packages"] = {
        name: _selectors(records) for name, records in sorted(platforms.items()) if records
    }
    return entry


def _selectors(records: Iterable[Record]) -> list[dict[str, str]]:
    ordered = sorted({selector(r): sort_key(r) for r in records}.items(), key=lambda pair: pair[1])
    return [{kind: identifier} for (kind, identifier), _ in ordered]


def _options(options: LockOptions) -> dict[str, str]:
    default = LockOptions()
    entry: dict[str, str] = {}
    if options.strategy != default.strategy:
        entry["strategy"] = options.strategy
    if options.channel_priority != default.channel_priority:
        entry["channel-priority"] = options.channel_priority
    if options.prerelease_mode != default.prerelease_mode:
        entry["pypi-prerelease-mode"] = options.prerelease_mode
    return entry


def _records(lock: LockFile) -> list[Record]:
    """Return every record that is referred to, once, in order."""
    found: dict[tuple[str, str], Record] = {}
    for record in lock.records():
        _add(record, found)
    waiting = [record for record in found.values() if not isinstance(record, CondaRecord)]
    while waiting:
        record = waiting.pop()
        for key in record.build_packages + record.host_packages:
            used = lock.build_records.get(key)
            if used is None or key in found:
                continue
            found[key] = used
            if not isinstance(used, CondaRecord):
                waiting.append(used)
    return sorted(found.values(), key=sort_key)


def _add(record: Record, found: dict[tuple[str, str], Record]) -> None:
    key = selector(record)
    known = found.get(key)
    if known is None:
        found[key] = record
    elif known is not record and isinstance(known, CondaRecord) and isinstance(record, CondaRecord):
        found[key] = merged(known, record)


def entry_of(record: Record) -> dict[str, Any]:
    """Return the entry of a record in `packages`, as plain data in the order of its keys."""
    if isinstance(record, CondaRecord):
        return _conda(record)
    return _source(record) if isinstance(record, CondaSourceRecord) else _pypi(record)


def _conda(record: CondaRecord) -> dict[str, Any]:
    derived = derive(record.location)
    entry: dict[str, Any] = {"conda": record.location}
    for key in ("name", "version", "build"):
        if getattr(record, key) != getattr(derived, key):
            entry[key] = getattr(record, key)
    if record.build_number != derived_build_number(record.build):
        entry["build_number"] = record.build_number
    if record.subdir != derived.subdir:
        entry["subdir"] = record.subdir
    where = None if is_wheel(record.location) else derived.subdir or record.subdir
    if record.noarch != derived_noarch(where, record.build):
        entry["noarch"] = record.noarch or False
    _set(entry, record, "sha256", "md5", "legacy_bz2_md5", "attestations_sha256")
    _set_nonempty(entry, record, "depends", "constrains", "extra_depends")
    if record.channel is not None and record.channel != derived.channel:
        entry["channel"] = record.channel
    _set(entry, record, "features")
    _set_nonempty(entry, record, "flags", "track_features")
    if record.file_name is not None and record.file_name != derived.file_name:
        entry["file_name"] = record.file_name
    _set(entry, record, "license", "license_family", "purls")
    if record.run_exports is not None:
        entry["run_exports"] = _run_exports(record.run_exports)
    _set(entry, record, "size", "legacy_bz2_size", "timestamp", "indexed_timestamp")
    _set(entry, record, "python_site_packages_path")
    return entry


def _source(record: CondaSourceRecord) -> dict[str, Any]:
    known = dict(record.raw)
    _set(known, record, "version", "subdir", "purls")
    _set_nonempty(known, record, "depends", "constrains")
    if record.variants:
        known["variants"] = dict(sorted(record.variants.items()))
    _set_builds(known, record)
    entry: dict[str, Any] = {"conda_source": record.identifier}
    entry.update((key, known[key]) for key in _SOURCE_KEYS if key in known)
    return entry


def _pypi(record: PypiRecord) -> dict[str, Any]:
    entry: dict[str, Any] = {"pypi": record.location, "name": record.name}
    _set(entry, record, "version", "md5", "sha256")
    if record.index is not None and record.index != DEFAULT_INDEX:
        entry["index"] = record.index
    _set_nonempty(entry, record, "requires_dist")
    _set(entry, record, "requires_python")
    _set_builds(entry, record)
    return entry


def _run_exports(exports: RunExports) -> dict[str, tuple[str, ...]]:
    return {kind: getattr(exports, kind) for kind in _RUN_EXPORTS if getattr(exports, kind)}


def _set(entry: dict[str, Any], record: Record, *keys: str) -> None:
    for key in keys:
        value = getattr(record, key)
        if value is not None:
            entry[key] = value


def _set_nonempty(entry: dict[str, Any], record: Record, *keys: str) -> None:
    for key in keys:
        value = getattr(record, key)
        if value:
            entry[key] = value


def _set_builds(entry: dict[str, Any], record: CondaSourceRecord | PypiRecord) -> None:
    for key in ("build_packages", "host_packages"):
        selectors: tuple[tuple[str, str], ...] = getattr(record, key)
        if selectors:
            entry[key] = [{kind: identifier} for kind, identifier in selectors]
