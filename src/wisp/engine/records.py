"""Conda records as rattler holds them, and as locks spell them.

Towards rattler the detour through a lock file in JSON is the only one that keeps everything:
the constructors of py-rattler know neither purls nor run exports.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from wisp.specs.inside import inside
from wisp.specs.records import CondaRecord, RunExports
from wisp.specs.urls import is_url, normal_url

if TYPE_CHECKING:  # who only reads rows does not pay for rattler
    from rattler import RepoDataRecord

_LISTS = ("depends", "constrains", "flags", "track_features")
_TEXTS = (
    "noarch",
    "sha256",
    "md5",
    "legacy_bz2_md5",
    "features",
    "license",
    "license_family",
    "python_site_packages_path",
    "attestations_sha256",
)
_NUMBERS = ("size", "legacy_bz2_size", "timestamp", "indexed_timestamp")


def location_of(url: str) -> str:
    """Spell the origin of a package as locks do: files by their path, all else by URL."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return url
    if os.name != "nt":
        return unquote(parts.path)
    from urllib.request import url2pathname

    return url2pathname(parts.path)


def url_of(location: str) -> str:
    """Undo `location_of`."""
    return location if is_url(location) else Path(location).absolute().as_uri()


#: The last second of the year 9999: what is larger counts milliseconds.
_LAST_SECOND = 253_402_300_799


def from_rattler(record: RepoDataRecord) -> CondaRecord:
    """Read a record that came from a channel or from the solver."""
    return from_row(json.loads(record.to_json()))


def from_row(row: Mapping[str, Any]) -> CondaRecord:
    """Read a record from rattler's JSON: repodata keys plus `url`, `channel`, `fn`.

    A record straight from a channel has no `arch` as a rule, one that passed through a lock
    has; `fresh` remembers which, since Pixi writes either into `conda-meta`.
    """
    site_packages = row.get("python_site_packages_path")
    if site_packages is not None:
        inside(str(site_packages), f"the record of `{row['name']}` in its channel")
    location = location_of(row["url"])
    last = unquote(row["url"].rsplit("/", 1)[-1])
    kept: dict[str, Any] = {key: tuple(_words(row.get(key))) for key in _LISTS}
    kept |= {key: row.get(key) for key in _TEXTS + _NUMBERS}
    if not isinstance(kept["noarch"], str):
        kept["noarch"] = "generic" if kept["noarch"] else None
    channel = row.get("channel")
    purls = row.get("purls")
    return CondaRecord(
        location=location,
        name=row["name"],
        version=str(row["version"]),
        build=row["build"],
        build_number=row["build_number"],
        subdir=row["subdir"],
        channel=channel.rstrip("/") if channel else None,
        extra_depends={
            name: tuple(specs) for name, specs in (row.get("extra_depends") or {}).items()
        },
        file_name=row["fn"] if row["fn"] != last else None,
        purls=None if purls is None else tuple(purls),
        run_exports=_run_exports(row.get("run_exports")),
        fresh="arch" not in row,
        **kept | {"timestamp": _milliseconds(row.get("timestamp"))},
    )


def _milliseconds(timestamp: int | None) -> int | None:
    """Channels count from the epoch in milliseconds or, in old records, in seconds."""
    if timestamp is None or timestamp > _LAST_SECOND:
        return timestamp
    return timestamp * 1000


def _words(value: str | Sequence[str] | None) -> Sequence[str]:
    return value.split() if isinstance(value, str) else value or ()


def _run_exports(row: Mapping[str, Sequence[str]] | None) -> RunExports | None:
    if row is None:
        return None
    return RunExports(**{kind: tuple(specs) for kind, specs in row.items()})


def to_rattler(records: Iterable[CondaRecord]) -> list[RepoDataRecord]:
    """Make rattler's records, in the order given."""
    wanted = list(records)
    if not wanted:
        return []
    rows = {url_of(record.location): _lock_row(record) for record in wanted}
    made = {normal_url(record.url): record for record in _through_lock(rows)}
    answer = []
    for record in wanted:
        rattler_record = made[normal_url(url_of(record.location))]
        if record.fresh:
            rattler_record.arch = None
            rattler_record.platform = None
        answer.append(rattler_record)
    return answer


def _through_lock(rows: Mapping[str, dict[str, Any]]) -> list[RepoDataRecord]:
    """Write a lock file as JSON (which is YAML) and have rattler read it."""
    import tempfile

    from rattler import LockFile

    platform = "linux-64"
    environment = {
        "channels": [],
        "packages": {platform: [{"conda": url} for url in rows]},
    }
    document = {
        "version": 7,
        "platforms": [{"name": platform}],
        "environments": {"default": environment},
        "packages": list(rows.values()),
    }
    with tempfile.TemporaryDirectory(prefix="wisp-records-") as folder:
        file = Path(folder, "records.json")
        file.write_text(json.dumps(document), encoding="utf-8")
        lock = LockFile.from_path(file)
    made = lock.default_environment()
    if made is None:
        return []
    return made.conda_repodata_records_for_platform(made.platforms()[0]) or []


def _lock_row(record: CondaRecord) -> dict[str, Any]:
    """Spell a record as an entry of a lock, with everything that could be derived, too."""
    row: dict[str, Any] = {
        "conda": url_of(record.location),
        "name": record.name,
        "version": record.version,
        "build": record.build,
        "build_number": record.build_number,
        "subdir": record.subdir,
        "channel": record.channel,
        "file_name": record.file_name,
        "noarch": record.noarch if record.noarch else False,
    }
    row |= {key: list(value) for key in _LISTS if (value := getattr(record, key))}
    row |= {
        key: value for key in _TEXTS[1:] + _NUMBERS if (value := getattr(record, key)) is not None
    }
    if record.extra_depends:
        row["extra_depends"] = {name: list(specs) for name, specs in record.extra_depends.items()}
    if record.purls is not None:
        row["purls"] = list(record.purls)
    if record.run_exports is not None:
        row["run_exports"] = _run_exports_row(record.run_exports)
    return row


def _run_exports_row(exports: RunExports) -> dict[str, list[str]]:
    kinds = ("weak", "strong", "noarch", "weak_constrains", "strong_constrains")
    return {kind: list(specs) for kind in kinds if (specs := getattr(exports, kind))}
