"""Locks in conda-lock's layout: versions 1 to 3, a flat list of packages per platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wisp.lock.entries import conda_record, pypi_record
from wisp.lock.model import EnvironmentRow, LockChannel, LockFile
from wisp.lock.modern import default_row
from wisp.platforms import Platform
from wisp.specs.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def body(version: int, document: Mapping[str, Any], platforms: Sequence[Platform]) -> LockFile:  # noqa: ARG001
    """Turn a parsed document into a lock file with the one environment it describes.

    Platforms were plain subdirs then, so none of `platforms` is needed to name them.
    """
    metadata = document.get("metadata") or {}
    packages: dict[str, list[Record]] = {}
    for entry in document.get("package") or ():
        packages.setdefault(entry["platform"], []).append(_record(entry))
    names = sorted({*(metadata.get("platforms") or ()), *packages})
    environment = EnvironmentRow(
        name="default",
        channels=tuple(
            LockChannel(channel["url"], tuple(channel.get("used_env_vars") or ()))
            for channel in metadata.get("channels") or ()
        ),
        packages={platform: tuple(records) for platform, records in packages.items()},
    )
    return LockFile(
        version=version,
        platforms=tuple(default_row(name) for name in names),
        environments={"default": environment},
    )


def _record(entry: Mapping[str, Any]) -> Record:
    hashes = entry.get("hash") or {}
    common = {**entry, "sha256": hashes.get("sha256"), "md5": hashes.get("md5")}
    requirements = _requirements(entry.get("dependencies"))
    if entry.get("manager") == "conda":
        constrains = _requirements(entry.get("constrains"))
        return conda_record(
            entry["url"], {**common, "depends": requirements, "constrains": constrains}
        )
    return pypi_record(entry["url"], {**common, "requires_dist": requirements})


def _requirements(value: Mapping[str, str] | Sequence[str] | None) -> list[str]:
    """Read requirements, which were a map from names to versions before they were a list."""
    if isinstance(value, Mapping):
        return [f"{name} {spec}".strip() for name, spec in value.items()]
    return list(value or ())
