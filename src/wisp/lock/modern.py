"""Locks that list environments and share one list of packages: versions 4 to 7."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.lock.aliases import names_on_load
from wisp.lock.derive import is_archive
from wisp.lock.entries import (
    DISTRIBUTION_KEYS,
    EntryError,
    conda_record,
    pypi_record,
    source_record,
    texts,
    unnamed_source_record,
)
from wisp.lock.merge import merged
from wisp.lock.model import EnvironmentRow, LockChannel, LockFile, LockOptions, LockPlatform
from wisp.platforms import Platform, default_virtual_packages
from wisp.specs.pypi import FindLinks
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: From this version on platforms have rows of their own and sources have identifiers.
_FIRST_WITH_PLATFORMS = 7

#: What a selector may say besides the location, to choose among records that share it.
_CHOOSING = ("name", "version", "build", "subdir")

#: A project has an entry for each of its variants; more than these nobody has.
_MOST_OF_ONE_LOCATION = 1000

_KINDS = ("conda", "conda_source", "pypi")

Selector = Mapping[str, str]


class DanglingError(EntryError):
    """A lock refers to something that it does not hold; `needle` is how it is spelled there."""

    def __init__(self, message: str, needle: str) -> None:
        super().__init__(message)
        self.needle = str(needle)


class MisshapenError(EntryError):
    """An entry of `packages` cannot be read; `location` is what it begins with."""

    def __init__(self, message: str, location: str) -> None:
        super().__init__(message)
        self.location = location


class LockedRecords:
    """The records of a lock, found by the selectors of its environments."""

    def __init__(self, version: int, entries: Iterable[dict[str, Any]]) -> None:
        self.records: dict[tuple[str, str], list[tuple[dict[str, Any], Record]]] = {}
        self.uses_hints = version < _FIRST_WITH_PLATFORMS
        for entry in entries:
            key, record = _entry_record(entry, self.uses_hints)
            same = self.records.setdefault(key, [])
            same.append((entry, record))
            if len(same) > _MOST_OF_ONE_LOCATION:
                raise MisshapenError("too many entries have this location", key[1])
        self.chosen: dict[tuple[object, ...], Record] = {}
        #: What is found without looking at more than kind and location, as nearly all is.
        self.unique = {key: found[0][1] for key, found in self.records.items() if len(found) == 1}

    def find(self, selector: Selector, environment: str, platform: str, subdir: str) -> Record:
        """Return the record that a selector means; raises `DanglingError` if there is none."""
        key = next(iter(selector.items()))
        if key in self.unique:
            return self.unique[key]
        candidates = self.records.get(key)
        if not candidates:
            raise DanglingError(
                f"environment {environment} and platform {platform} refers to a package "
                f"that does not exist: {key[1]}",
                key[1],
            )
        said = tuple((name, selector[name]) for name in _CHOOSING if name in selector)
        known = (*key, said, subdir)
        if known not in self.chosen:
            self.chosen[known] = _choose(candidates, dict(said), subdir)
        return self.chosen[known]

    def reachable_from_sources(self, records: Iterable[Record]) -> dict[tuple[str, str], Record]:
        """Return what the sources among `records` are built with, and so on."""
        found: dict[tuple[str, str], Record] = {}
        waiting = [record for record in records if not isinstance(record, CondaRecord)]
        while waiting:
            record = waiting.pop()
            for kind, location in record.build_packages + record.host_packages:
                if (kind, location) in found:
                    continue
                used = self.find({kind: location}, record.name, "any", "")
                found[kind, location] = used
                if not isinstance(used, CondaRecord):
                    waiting.append(used)
        return found


def body(version: int, document: Mapping[str, Any], platforms: Sequence[Platform]) -> LockFile:
    """Turn a parsed document into a lock file, with the platforms named as in the manifest.

    Raises `EntryError` and its child `DanglingError` where the document contradicts itself.
    """
    packages = LockedRecords(version, document.get("packages") or ())
    tables = document.get("environments") or {}
    rows = _rows(version, document, tables)
    renames = names_on_load(rows, platforms)
    subdirs = {row.name: row.subdir for row in rows}
    environments = {
        name: _environment(name, table, subdirs, renames, packages)
        for name, table in tables.items()
    }
    used = [record for environment in environments.values() for record in environment.records()]
    return LockFile(
        version=version,
        platforms=tuple(replace(row, name=renames.get(row.name, row.name)) for row in rows),
        environments=environments,
        build_records=packages.reachable_from_sources(used),
    )


def _rows(
    version: int, document: Mapping[str, Any], tables: Mapping[str, Any]
) -> tuple[LockPlatform, ...]:
    if version >= _FIRST_WITH_PLATFORMS:
        rows = tuple(_row(row) for row in document.get("platforms") or ())
        seen: set[str] = set()
        for row in rows:
            if row.name in seen:
                raise DanglingError(f"duplicate platform `{row.name}`", f"name: {row.name}")
            seen.add(row.name)
        return rows
    names = sorted({name for table in tables.values() for name in table.get("packages") or {}})
    return tuple(default_row(name) for name in names)


def _row(row: Mapping[str, Any]) -> LockPlatform:
    packages = row.get("virtual-packages")
    name = str(row["name"])
    return LockPlatform(
        name, row.get("subdir") or name, None if packages is None else tuple(map(str, packages))
    )


def default_row(subdir: str) -> LockPlatform:
    """Return the row that a platform of an older lock stands for."""
    return LockPlatform(subdir, subdir, tuple(map(str, default_virtual_packages(subdir))))


def _environment(
    name: str,
    table: Mapping[str, Any],
    subdirs: Mapping[str, str],
    renames: Mapping[str, str],
    packages: LockedRecords,
) -> EnvironmentRow:
    locked: dict[str, tuple[Record, ...]] = {}
    for platform, selectors in (table.get("packages") or {}).items():
        if platform not in subdirs:
            raise DanglingError(
                f"Environment `{name}` is using an unknown platform `{platform}`", platform
            )
        locked[renames.get(platform, platform)] = tuple(
            packages.find(selector, name, platform, subdirs[platform]) for selector in selectors
        )
    return EnvironmentRow(
        name=name,
        channels=tuple(_channel(channel) for channel in table.get("channels") or ()),
        indexes=None if table.get("indexes") is None else texts(table["indexes"]),
        find_links=tuple(
            FindLinks(path=link.get("path"), url=link.get("url"))
            for link in table.get("find-links") or ()
        ),
        options=_options(table.get("options") or {}),
        packages=locked,
    )


def _channel(channel: str | Mapping[str, Any]) -> LockChannel:
    if isinstance(channel, str):
        return LockChannel(channel)
    return LockChannel(channel["url"], tuple(channel.get("used_env_vars") or ()))


def _options(table: Mapping[str, Any]) -> LockOptions:
    default = LockOptions()
    return LockOptions(
        strategy=table.get("strategy") or default.strategy,
        channel_priority=table.get("channel-priority") or default.channel_priority,
        prerelease_mode=table.get("pypi-prerelease-mode") or default.prerelease_mode,
    )


def _entry_record(entry: dict[str, Any], old: bool) -> tuple[tuple[str, str], Record]:
    """Build the record of an entry and the selector that refers to it."""
    kind = entry.get("kind")
    if kind is None:
        kind = next((key for key in _KINDS if key in entry), None)
        location = entry.get(kind) if kind else None
    else:
        location = entry.get("url") or entry.get("path")
    if kind not in _KINDS or not isinstance(location, str):
        raise EntryError("an entry of `packages` is none of `conda`, `conda_source` and `pypi`")
    try:
        return (kind, location), _record(kind, location, entry, old)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MisshapenError(str(error), location) from None


def _record(kind: str, location: str, entry: dict[str, Any], old: bool) -> Record:
    if kind == "pypi":
        return pypi_record(location, entry, () if old else DISTRIBUTION_KEYS)
    if kind == "conda_source":
        return source_record(location, entry)
    if is_archive(location):
        return conda_record(location, entry)
    if old:
        return unnamed_source_record(location, entry)
    raise EntryError(f"`{location}` does not name a conda archive")


def _choose(
    candidates: Sequence[tuple[dict[str, Any], Record]], said: Selector, subdir: str
) -> Record:
    """Choose among records with one location: what the selector has said, then the subdir."""
    fitting = [
        record
        for entry, record in candidates
        if all(str(entry.get(key, value)) == str(value) for key, value in said.items())
    ] or [record for _, record in candidates]
    here = [record for record in fitting if _subdir(record) == subdir]
    chosen, *others = here + [record for record in fitting if record not in here]
    if isinstance(chosen, CondaRecord):
        for other in others:
            if isinstance(other, CondaRecord):
                chosen = merged(chosen, other)
    return chosen


def _subdir(record: Record) -> str | None:
    return None if isinstance(record, PypiRecord) else record.subdir
