"""Locks that list environments and share one list of packages: versions 4 to 7."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from wisp.lock.aliases import names_on_load
from wisp.lock.derive import is_archive
from wisp.lock.entries import (
    DISTRIBUTION_KEYS,
    conda_record,
    pypi_record,
    source_record,
    unnamed_source_record,
)
from wisp.lock.getters import (
    MISSHAPEN,
    EntryError,
    each,
    items,
    misshapen,
    optional_text,
    require_table,
    required_text,
    selectors,
    table_of,
    texts,
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

_OPTIONS = ("strategy", "channel-priority", "pypi-prerelease-mode")

_KINDS = ("conda", "conda_source", "pypi")

Selector = Mapping[str, str]


class LockedRecords:
    """The records of a lock, found by the selectors of its environments."""

    def __init__(self, version: int, entries: Sequence[dict[str, Any]]) -> None:
        self.entries = entries
        self.records: dict[tuple[str, str], list[tuple[dict[str, Any], Record]]] = {}
        self.uses_hints = version < _FIRST_WITH_PLATFORMS
        for at, entry in enumerate(entries):
            try:
                key, record = _entry_record(entry, self.uses_hints)
            except MISSHAPEN as error:
                raise misshapen(error).below("packages", at) from None
            same = self.records.setdefault(key, [])
            same.append((entry, record))
            if len(same) > _MOST_OF_ONE_LOCATION:
                raise EntryError("too many entries have this location", "packages", at)
        self.chosen: dict[tuple[object, ...], Record] = {}
        #: What is found without looking at more than kind and location, as nearly all is.
        self.unique = {key: found[0][1] for key, found in self.records.items() if len(found) == 1}

    def find(self, selector: Selector, environment: str, platform: str, subdir: str) -> Record:
        """Return the record that a selector means; raises `EntryError` if there is none."""
        key = next(iter(require_table(selector).items()), None)
        if key is None:
            raise EntryError("a selector names no package")
        if key in self.unique:
            return self.unique[key]
        candidates = self.records.get(key)
        if not candidates:
            raise EntryError(
                f"environment {environment} and platform {platform} refers to a package "
                f"that does not exist: {key[1]}"
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
                try:
                    used = self.find({kind: location}, record.name, "any", "")
                except EntryError as error:
                    raise error.below(*self._place_of(record, (kind, location))) from None
                found[kind, location] = used
                if not isinstance(used, CondaRecord):
                    waiting.append(used)
        return found

    def _place_of(self, record: Record, needed: tuple[str, str]) -> tuple[str | int, ...]:
        """Return the keys that lead to what the entry of a record says it is built with."""
        pairs = [pair for pairs in self.records.values() for pair in pairs]
        entry = next(entry for entry, built in pairs if built is record)
        at = next(at for at, other in enumerate(self.entries) if other is entry)
        for key in ("build_packages", "host_packages"):
            if needed in (named := selectors(entry, key)):
                return "packages", at, key, named.index(needed)
        return "packages", at


def body(version: int, document: Mapping[str, Any], platforms: Sequence[Platform]) -> LockFile:
    """Turn a parsed document into a lock file, with the platforms named as in the manifest.

    Raises `EntryError` where the document contradicts itself.
    """
    packages = LockedRecords(version, items(document, "packages"))
    tables = table_of(document, "environments")
    rows = _rows(version, document, tables)
    renames = names_on_load(rows, platforms)
    subdirs = {row.name: row.subdir for row in rows}
    environments: dict[str, EnvironmentRow] = {}
    for name, table in tables.items():
        try:
            environments[name] = _environment(name, table, subdirs, renames, packages)
        except MISSHAPEN as error:
            raise misshapen(error).below("environments", name) from None
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
        rows: dict[str, LockPlatform] = {}
        for at, found in enumerate(items(document, "platforms")):
            try:
                row = _row(found)
                if row.name in rows:
                    raise EntryError(f"duplicate platform `{row.name}`", "name")
            except MISSHAPEN as error:
                raise misshapen(error).below("platforms", at) from None
            rows[row.name] = row
        return tuple(rows.values())
    names: set[str] = set()
    for name, table in tables.items():
        try:
            names.update(table_of(require_table(table), "packages"))
        except EntryError as error:
            raise error.below("environments", name) from None
    return tuple(default_row(name) for name in sorted(names))


def _row(row: Any) -> LockPlatform:
    name = required_text(require_table(row), "name")
    known = row.get("virtual-packages") is not None
    packages = texts(row, "virtual-packages") if known else None
    return LockPlatform(name, optional_text(row, "subdir") or name, packages)


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
    chosen = table_of(require_table(table), "packages")
    for platform in chosen:
        if platform not in subdirs:
            raise EntryError(
                f"Environment `{name}` is using an unknown platform `{platform}`",
                "packages",
                platform,
            )
        try:
            find = partial(
                packages.find, environment=name, platform=platform, subdir=subdirs[platform]
            )
            locked[renames.get(platform, platform)] = each(chosen, platform, find)
        except EntryError as error:
            raise error.below("packages") from None
    return EnvironmentRow(
        name=name,
        channels=each(table, "channels", channel),
        indexes=None if table.get("indexes") is None else texts(table, "indexes"),
        find_links=each(table, "find-links", _find_links),
        options=_options(table),
        packages=locked,
    )


def channel(item: Any) -> LockChannel:
    """Read a channel, which may say no more than its URL."""
    if isinstance(item, str):
        return LockChannel(item)
    return LockChannel(required_text(require_table(item), "url"), texts(item, "used_env_vars"))


def _find_links(link: Any) -> FindLinks:
    table = require_table(link)
    return FindLinks(path=optional_text(table, "path"), url=optional_text(table, "url"))


def _options(environment: Mapping[str, Any]) -> LockOptions:
    table, default = table_of(environment, "options"), LockOptions()
    try:
        told: Any = {key: optional_text(table, key) for key in _OPTIONS}
    except EntryError as error:
        raise error.below("options") from None
    return LockOptions(
        strategy=told["strategy"] or default.strategy,
        channel_priority=told["channel-priority"] or default.channel_priority,
        prerelease_mode=told["pypi-prerelease-mode"] or default.prerelease_mode,
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
    return (kind, location), _record(kind, location, entry, old)


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
