"""Conda records as a channel of files describes them, both ways.

Source: CEP 36 (repodata.json).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from wisp.engine.records import from_row
from wisp.foreign import json_data
from wisp.pack.contents import PackError
from wisp.specs.inside import UnsafePathError, is_plain_name
from wisp.specs.records import CondaRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_OLD = ".tar.bz2"
_ARCHIVES = (".conda", _OLD)
_PLAIN = (
    *("build", "build_number", "features", "legacy_bz2_md5", "legacy_bz2_size", "license"),
    *("license_family", "md5", "name", "noarch", "python_site_packages_path", "sha256", "size"),
    *("subdir", "timestamp", "version"),
)
_LISTS = ("constrains", "depends", "flags", "purls")


def is_archive(name: str) -> bool:
    """Tell whether a file is called as a conda package is."""
    return name.endswith(_ARCHIVES)


def repodata_text(subdir: str, records: Mapping[str, CondaRecord]) -> str:
    """Write the `repodata.json` of a subdir; `records` are by file name."""
    packages: dict[str, Any] = {}
    packages_conda: dict[str, Any] = {}
    for name in sorted(records):
        table = packages if name.endswith(_OLD) else packages_conda
        table[name] = _row(records[name])
    document = {
        "info": {"subdir": subdir},
        "packages": packages,
        "packages.conda": packages_conda,
        "repodata_version": 2,
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _row(record: CondaRecord) -> dict[str, Any]:
    row = {key: value for key in _PLAIN if (value := getattr(record, key)) is not None}
    row |= {key: list(value) for key in _LISTS if (value := getattr(record, key))}
    row.setdefault("depends", [])
    if record.track_features:
        row["track_features"] = " ".join(record.track_features)
    if record.extra_depends:
        row["extra_depends"] = {name: list(specs) for name, specs in record.extra_depends.items()}
    return row


def read_repodata(content: bytes, folder: Path, subdir: str) -> Iterator[CondaRecord]:
    """Read the records of a subdir, located at the files beside it.

    Raises:
        PackError: It is no repodata, or a record could not be this subdir's.

    """
    try:
        document = json_data(content)
        rows = {**(document.get("packages") or {}), **(document.get("packages.conda") or {})}
        found = [(name, from_row(_whole(row, folder / name))) for name, row in rows.items()]
    except UnsafePathError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PackError(f"the repodata of `{subdir}` in the pack cannot be read") from error
    for name, record in found:
        _judge(name, record, subdir)
        yield record


def _whole(row: dict[str, Any], file: Path) -> dict[str, Any]:
    return {**row, "url": file.as_uri(), "fn": file.name, "channel": None}


def _judge(file: str, record: CondaRecord, subdir: str) -> None:
    words = (file, record.name, record.version, record.build)
    fits = all(isinstance(one, str) and is_plain_name(one) for one in words)
    if not fits or not is_archive(file) or record.subdir != subdir:
        raise PackError(f"the repodata of `{subdir}` in the pack has a record that is none of it")


def by_name(records: Iterable[CondaRecord]) -> dict[str, CondaRecord]:
    """Map packages by name. Raises `PackError` if two have the same."""
    found: dict[str, CondaRecord] = {}
    for record in records:
        if record.name in found:
            raise PackError(f"the pack has two packages called `{record.name}`")
        found[record.name] = record
    return found
