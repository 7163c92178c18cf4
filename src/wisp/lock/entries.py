"""Entries of `packages` as records: versions 4 to 7, which differ in what they leave out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from wisp.lock.derive import derive, derived_build_number, derived_noarch
from wisp.lock.getters import (
    DATES,
    MD5,
    EntryError,
    digest,
    number,
    optional_text,
    selectors,
    specs,
    table_of,
    texts,
    wrong,
)
from wisp.patterns import pattern
from wisp.specs.inside import is_site_packages
from wisp.specs.origins import is_folder, is_wheel
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord, RunExports
from wisp.values import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.specs.records import SourceEntry

#: Timestamps up to this one (the end of the year 9999) are seconds, later ones milliseconds.
_LAST_SECOND = 253_402_300_799

_IDENTIFIER = pattern(r"(?P<name>[^\[\s]+)\[(?P<hash>[^\]]*)\] @ (?P<location>.+)")
#: The version of a distribution that an entry tells none of.
NO_VERSION = "0a0.dev0"
#: Keys that make a path of version 7 a distribution rather than a folder.
DISTRIBUTION_KEYS = ("version", "md5", "sha256", "index")
#: Keys of a source entry that have a field of their own.
_SOURCE_FIELDS = frozenset(
    {
        "conda_source",
        "version",
        "subdir",
        "variants",
        "depends",
        "constrains",
        "purls",
        "build_packages",
        "host_packages",
    }
)
#: What the other keys of a source entry hold, if something: the kinds that `SourceEntry` has.
_SOURCE_TEXTS = ("build", "features", "license", "license_family", "python_site_packages_path")
#: What older versions say of a source package that has no meaning any more.
_FORGOTTEN = frozenset({"conda", "name", "input", "sources", "package_build_source"})
#: What keys of source entries were called.
_FORMERLY: Mapping[str, str] = {
    "source": "package_build_source",
    "source_depends": "sources",
}
_NO_RUN_EXPORTS = RunExports()
_NOARCH = ("python", "generic")
_RUN_EXPORT_KINDS = frozenset(one.name for one in fields(RunExports))


def conda_record(location: str, entry: Mapping[str, Any]) -> CondaRecord:
    """Build a record from an entry, filling in what its location tells."""
    derived = derive(location)
    build = optional_text(entry, "build", derived.build)
    subdir = optional_text(entry, "subdir", derived.subdir)
    name = optional_text(entry, "name", derived.name)
    version = optional_text(entry, "version", derived.version)
    if name is None or version is None or build is None or subdir is None:
        raise EntryError(f"the package `{location}` lacks its name, version, build or subdir")
    build_number = number(entry, "build_number")
    channel = optional_text(entry, "channel") or derived.channel
    return CondaRecord(
        location=location,
        name=name,
        version=version,
        build=build,
        build_number=derived_build_number(build) if build_number is None else build_number,
        subdir=subdir,
        noarch=_noarch(entry, None if is_wheel(location) else derived.subdir or subdir, build),
        sha256=digest(entry, "sha256"),
        md5=digest(entry, "md5", MD5),
        legacy_bz2_md5=digest(entry, "legacy_bz2_md5", MD5),
        depends=specs(entry, "depends"),
        constrains=specs(entry, "constrains"),
        extra_depends=_spec_table(entry, "extra_depends") if "extra_depends" in entry else {},
        channel=channel.rstrip("/") if channel else None,
        features=optional_text(entry, "features"),
        flags=texts(entry, "flags"),
        track_features=_words(entry, "track_features"),
        file_name=optional_text(entry, "file_name"),
        license=optional_text(entry, "license"),
        license_family=optional_text(entry, "license_family"),
        purls=None if entry.get("purls") is None else texts(entry, "purls"),
        run_exports=None if entry.get("run_exports") is None else _run_exports(entry),
        size=number(entry, "size"),
        legacy_bz2_size=number(entry, "legacy_bz2_size"),
        timestamp=_milliseconds(entry),
        attestations_sha256=digest(entry, "attestations_sha256"),
        indexed_timestamp=number(entry, "indexed_timestamp", DATES),
        python_site_packages_path=_modules(entry),
    )


def _modules(entry: Mapping[str, Any]) -> str | None:
    key = "python_site_packages_path"
    path = optional_text(entry, key)
    if path is not None and not is_site_packages(path):
        raise EntryError(f"`{key}` must be a `site-packages` in the environment", key)
    return path


def source_record(identifier: str, entry: Mapping[str, Any]) -> CondaSourceRecord:
    """Build a record of a `conda_source` entry (version 7)."""
    match = _IDENTIFIER.fullmatch(identifier)
    if not match:
        raise EntryError(f"`{identifier}` is not of the form `NAME[HASH] @ LOCATION`")
    return _source(identifier, match["name"], match["hash"], match["location"], entry)


def unnamed_source_record(location: str, entry: Mapping[str, Any]) -> CondaSourceRecord:
    """Build a record of a source entry of versions before 7, which had no identifier."""
    name = optional_text(entry, "name")
    if not name:
        raise EntryError(f"the source package `{location}` lacks its name", "name")
    kept = {key: value for key, value in entry.items() if key not in _FORGOTTEN}
    kept |= {key: entry[old] for key, old in _FORMERLY.items() if old in entry}
    kept.pop("build", None)
    build = optional_text(entry, "build") or ""
    if build:
        kept["build"] = build
    noarch = _noarch(kept, str(kept.get("subdir")), build)
    kept["noarch"] = noarch
    if not noarch:
        del kept["noarch"]
    import json

    import xxhash

    text = json.dumps([location, entry], sort_keys=True)
    digest = xxhash.xxh3_64_hexdigest(text.encode())[:8]
    try:
        return _source(f"{name}[{digest}] @ {location}", name, digest, location, kept)
    except EntryError as error:
        keys = (_FORMERLY.get(str(key), key) for key in error.path[:1])
        raise EntryError(str(error), *keys, *error.path[1:]) from None


def _source(
    identifier: str, name: str, digest: str, location: str, entry: Mapping[str, Any]
) -> CondaSourceRecord:
    return CondaSourceRecord(
        identifier=identifier,
        name=name,
        hash=digest,
        location=location,
        version=optional_text(entry, "version"),
        subdir=optional_text(entry, "subdir"),
        depends=specs(entry, "depends"),
        constrains=specs(entry, "constrains"),
        purls=None if entry.get("purls") is None else texts(entry, "purls"),
        variants=_variants(entry),
        build_packages=selectors(entry, "build_packages"),
        host_packages=selectors(entry, "host_packages"),
        raw=_raw(entry),
    )


def _variants(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = table_of(entry, "variants")
    for key, value in found.items():
        if not isinstance(value, str | int):
            raise wrong(value, "a text, a number or a truth", "variants", key)
    return dict(found)


def _raw(entry: Mapping[str, Any]) -> SourceEntry:
    """Return the keys without a field of their own, of the kinds that `SourceEntry` has."""
    kept: Any = {key: value for key, value in entry.items() if key not in _SOURCE_FIELDS}
    for key in _SOURCE_TEXTS:
        optional_text(kept, key)
    for key in ("build_number", "size"):
        number(kept, key)
    texts(kept, "flags")
    _words(kept, "track_features")
    for key in ("extra_depends", "run_exports"):
        _spec_table(kept, key)
    _check_source(kept, "source")
    sources = table_of(kept, "source_depends")
    for key in sources:
        try:
            _check_source(sources, key)
        except EntryError as error:
            raise error.below("source_depends") from None
    judged: SourceEntry = kept
    return judged


def _check_source(table: Mapping[str, Any], key: str) -> None:
    for inner, value in table_of(table, key).items():
        if not isinstance(value, str | bool | None):
            raise wrong(value, "a text", key, inner)


def pypi_record(
    location: str, entry: Mapping[str, Any], distribution_keys: Collection[str] = ()
) -> PypiRecord:
    """Build a record of a `pypi` entry.

    `distribution_keys` are those that make a path a distribution; versions before 7 have none,
    they gave folders a version and a hash, which are dropped.
    """
    name = optional_text(entry, "name")
    if not name:
        raise EntryError(f"the package `{location}` lacks its name", "name")
    folder = is_folder(location) and not any(key in entry for key in distribution_keys)
    return PypiRecord(
        location=location,
        name=normalize(name),
        version=None if folder else optional_text(entry, "version", NO_VERSION),
        md5=None if folder else digest(entry, "md5", MD5),
        sha256=None if folder else digest(entry, "sha256"),
        index=optional_text(entry, "index"),
        requires_dist=texts(entry, "requires_dist"),
        requires_python=optional_text(entry, "requires_python"),
        build_packages=selectors(entry, "build_packages"),
        host_packages=selectors(entry, "host_packages"),
    )


def _words(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key)
    if isinstance(value, str):
        return tuple(word for word in re.split(r"[,\s]+", value) if word)
    return texts(table, key)


def _noarch(entry: Mapping[str, Any], subdir: str | None, build: str) -> str | None:
    if "noarch" not in entry:
        return derived_noarch(subdir, build)
    value = entry["noarch"]
    if isinstance(value, bool):
        return "generic" if value else None
    if value not in (None, *_NOARCH):
        raise wrong(value, "`python` or `generic`", "noarch")
    return optional_text(entry, "noarch")


def _spec_table(table: Mapping[str, Any], key: str) -> Mapping[str, tuple[str, ...]]:
    """Return a table of lists of match specs."""
    found = table_of(table, key)
    try:
        return {name: specs(found, name) for name in found}
    except EntryError as error:
        raise error.below(key) from None


def _run_exports(entry: Mapping[str, Any]) -> RunExports:
    found = _spec_table(entry, "run_exports")
    if not found:
        return _NO_RUN_EXPORTS
    for kind in found:
        if kind not in _RUN_EXPORT_KINDS:
            raise EntryError(f"`{kind}` is no kind of `run_exports`", "run_exports", kind)
    return RunExports(**found)


def _milliseconds(entry: Mapping[str, Any]) -> int | None:
    value = number(entry, "timestamp", DATES)
    return value * 1000 if value is not None and value <= _LAST_SECOND else value
