"""Entries of `packages` as records: versions 4 to 7, which differ in what they leave out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from wisp.lock.derive import derive, derived_build_number, derived_noarch
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
_SOURCE_TABLES = frozenset({"extra_depends", "run_exports", "source", "source_depends"})
#: What older versions say of a source package that has no meaning any more.
_FORGOTTEN = frozenset({"conda", "name", "input", "sources", "package_build_source"})
_NO_RUN_EXPORTS = RunExports()
_RUN_EXPORT_KINDS = frozenset(one.name for one in fields(RunExports))
_HEX = pattern(r"[0-9a-fA-F]*")
#: Hex digits of a digest.
_SHA256, _MD5 = 64, 32
#: Parentheses in one requirement: some thousand are more than the solver's stack holds.
_DEEPEST = 100


class EntryError(ValueError):
    """An entry of a lock lacks something or has the wrong shape."""


def conda_record(location: str, entry: Mapping[str, Any]) -> CondaRecord:
    """Build a record from an entry, filling in what its location tells."""
    get = entry.get
    derived = derive(location)
    build = _text(get("build"), derived.build)
    subdir = _text(get("subdir"), derived.subdir)
    name = _text(get("name"), derived.name)
    version = _text(get("version"), derived.version)
    if name is None or version is None or build is None or subdir is None:
        raise EntryError(f"the package `{location}` lacks its name, version, build or subdir")
    number = get("build_number")
    extra, exports = get("extra_depends"), get("run_exports")
    channel = get("channel") or derived.channel
    return CondaRecord(
        location=location,
        name=name,
        version=version,
        build=build,
        build_number=derived_build_number(build) if number is None else int(number),
        subdir=subdir,
        noarch=_noarch(entry, None if is_wheel(location) else derived.subdir or subdir, build),
        sha256=_digest(get("sha256")),
        md5=_digest(get("md5"), _MD5),
        legacy_bz2_md5=_digest(get("legacy_bz2_md5"), _MD5),
        depends=_specs(get("depends")),
        constrains=_specs(get("constrains")),
        extra_depends={k: _specs(v) for k, v in extra.items()} if extra else {},
        channel=channel.rstrip("/") if channel else None,
        features=_text(get("features"), None),
        flags=texts(get("flags")),
        track_features=_words(get("track_features")),
        file_name=_text(get("file_name"), None),
        license=_text(get("license"), None),
        license_family=_text(get("license_family"), None),
        purls=None if get("purls") is None else texts(get("purls")),
        run_exports=None if exports is None else _run_exports(exports),
        size=_number(get("size")),
        legacy_bz2_size=_number(get("legacy_bz2_size")),
        timestamp=_milliseconds(get("timestamp")),
        attestations_sha256=_digest(get("attestations_sha256")),
        indexed_timestamp=_number(get("indexed_timestamp")),
        python_site_packages_path=_modules(_text(get("python_site_packages_path"), None)),
    )


def _modules(path: str | None) -> str | None:
    if path is not None and not is_site_packages(path):
        raise EntryError("`python_site_packages_path` must be a `site-packages` in the environment")
    return path


def source_record(identifier: str, entry: Mapping[str, Any]) -> CondaSourceRecord:
    """Build a record of a `conda_source` entry (version 7)."""
    match = _IDENTIFIER.fullmatch(identifier)
    if not match:
        raise EntryError(f"`{identifier}` is not of the form `NAME[HASH] @ LOCATION`")
    return _source(identifier, match["name"], match["hash"], match["location"], entry)


def unnamed_source_record(location: str, entry: Mapping[str, Any]) -> CondaSourceRecord:
    """Build a record of a source entry of versions before 7, which had no identifier."""
    name = _text(entry.get("name"), None)
    if not name:
        raise EntryError(f"the source package `{location}` lacks its name")
    kept = {key: value for key, value in entry.items() if key not in _FORGOTTEN}
    if "package_build_source" in entry:
        kept["source"] = entry["package_build_source"]
    if "sources" in entry:
        kept["source_depends"] = entry["sources"]
    build = str(kept.pop("build", "") or "")
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
    return _source(f"{name}[{digest}] @ {location}", name, digest, location, kept)


def _source(
    identifier: str, name: str, digest: str, location: str, entry: Mapping[str, Any]
) -> CondaSourceRecord:
    get = entry.get
    return CondaSourceRecord(
        identifier=identifier,
        name=name,
        hash=digest,
        location=location,
        version=_text(get("version"), None),
        subdir=_text(get("subdir"), None),
        depends=_specs(get("depends")),
        constrains=_specs(get("constrains")),
        purls=None if get("purls") is None else texts(get("purls")),
        variants=dict((get("variants") or {}).items()),
        build_packages=selectors(get("build_packages") or ()),
        host_packages=selectors(get("host_packages") or ()),
        raw=_raw(entry),
    )


def _raw(entry: Mapping[str, Any]) -> SourceEntry:
    """Return the keys without a field of their own, of the kinds that `SourceEntry` has."""
    kept: Any = {key: value for key, value in entry.items() if key not in _SOURCE_FIELDS}
    for key in _SOURCE_TABLES & kept.keys():
        if not isinstance(kept[key] or {}, dict):
            raise EntryError(f"{kept[key]} stands where a table is expected")
    for key in ("extra_depends", "run_exports"):
        for specs in (kept.get(key) or {}).values():
            _specs(specs)
    for key in ("build_number", "size"):
        _number(kept.get(key))
    judged: SourceEntry = kept
    return judged


def pypi_record(
    location: str, entry: Mapping[str, Any], distribution_keys: Collection[str] = ()
) -> PypiRecord:
    """Build a record of a `pypi` entry.

    `distribution_keys` are those that make a path a distribution; versions before 7 have none,
    they gave folders a version and a hash, which are dropped.
    """
    name = _text(entry.get("name"), None)
    if not name:
        raise EntryError(f"the package `{location}` lacks its name")
    get = entry.get
    folder = is_folder(location) and not any(key in entry for key in distribution_keys)
    return PypiRecord(
        location=location,
        name=normalize(name),
        version=None if folder else _text(get("version"), NO_VERSION),
        md5=None if folder else _digest(get("md5"), _MD5),
        sha256=None if folder else _digest(get("sha256")),
        index=_text(get("index"), None),
        requires_dist=texts(get("requires_dist")),
        requires_python=_text(get("requires_python"), None),
        build_packages=selectors(get("build_packages") or ()),
        host_packages=selectors(get("host_packages") or ()),
    )


def selectors(items: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """Read a list of one-key maps as pairs of kind and identifier."""
    return tuple((kind, str(name)) for item in items for kind, name in list(item.items())[:1])


def _text(value: Any, default: str | None) -> str | None:
    if isinstance(value, list | dict):
        raise EntryError(f"{value} stands where a text is expected")
    return default if value is None else str(value)


def texts(value: Any) -> tuple[str, ...]:
    """Take a value as a list of texts."""
    if not value:
        return ()
    try:
        "".join(value)  # which nothing but texts can be
    except TypeError:
        value = None
    if not isinstance(value, list):
        raise EntryError("something else stands where a list of texts is expected")
    return tuple(value)


def _specs(value: Any) -> tuple[str, ...]:
    """Take a value as a list of match specs."""
    found = texts(value)
    if "".join(found).count("(") > _DEEPEST and any(one.count("(") > _DEEPEST for one in found):
        raise EntryError("a requirement is nested too deeply")
    return found


def _digest(value: Any, size: int = _SHA256) -> str | None:
    """Take a value as a digest of so many hex digits: one without any would count as no digest."""
    if value is None:
        return None
    if isinstance(value, str) and len(value) == size and _HEX.fullmatch(value):
        return value
    raise EntryError(f"{value} stands where a hash is expected")


def _number(value: Any) -> int | None:
    if value is None or isinstance(value, int):
        return value
    raise EntryError(f"{value} stands where a number is expected")


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(word for word in re.split(r"[,\s]+", value) if word)
    return tuple(value or ())


def _noarch(entry: Mapping[str, Any], subdir: str | None, build: str) -> str | None:
    if "noarch" not in entry:
        return derived_noarch(subdir, build)
    value = entry["noarch"]
    if value is True:
        return "generic"
    return value or None


def _run_exports(value: Mapping[str, Any]) -> RunExports:
    if not value:
        return _NO_RUN_EXPORTS
    for kind in value:
        if kind not in _RUN_EXPORT_KINDS:
            raise EntryError(f"`{kind}` is no kind of `run_exports`")
    return RunExports(**{kind: _specs(specs) for kind, specs in value.items()})


def _milliseconds(value: int | None) -> int | None:
    value = _number(value)
    return value * 1000 if value is not None and value <= _LAST_SECOND else value
