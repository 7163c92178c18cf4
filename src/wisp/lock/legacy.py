"""Locks in conda-lock's layout: versions 1 to 3, a flat list of packages per platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wisp.lock.entries import conda_record, pypi_record
from wisp.lock.getters import (
    MISSHAPEN,
    EntryError,
    each,
    items,
    misshapen,
    optional_text,
    require_table,
    required_text,
    table_of,
    texts,
    wrong,
)
from wisp.lock.model import EnvironmentRow, LockFile
from wisp.lock.modern import channel, default_row
from wisp.platforms import Platform
from wisp.specs.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MANAGERS = ("conda", "pip", "pypi")
_HASHES = ("md5", "sha256")


def body(version: int, document: Mapping[str, Any], platforms: Sequence[Platform]) -> LockFile:  # noqa: ARG001
    """Turn a parsed document into a lock file with the one environment it describes.

    Platforms were plain subdirs then, so none of `platforms` is needed to name them.
    """
    metadata = table_of(document, "metadata")
    packages: dict[str, list[Record]] = {}
    for at, entry in enumerate(items(document, "package")):
        try:
            platform = required_text(require_table(entry), "platform")
            packages.setdefault(platform, []).append(_record(entry))
        except MISSHAPEN as error:
            raise misshapen(error).below("package", at) from None
    try:
        names = {*texts(metadata, "platforms"), *packages}
        channels = each(metadata, "channels", channel)
    except EntryError as error:
        raise error.below("metadata") from None
    environment = EnvironmentRow(
        name="default",
        channels=channels,
        packages={platform: tuple(records) for platform, records in packages.items()},
    )
    return LockFile(
        version=version,
        platforms=tuple(default_row(name) for name in sorted(names)),
        environments={"default": environment},
    )


def _record(entry: Mapping[str, Any]) -> Record:
    hashes = table_of(entry, "hash")
    requirements = _requirements(entry, "dependencies")
    common = {**entry, "constrains": _requirements(entry, "constrains"), "depends": requirements}
    common |= {key: hashes.get(key) for key in _HASHES} | {"requires_dist": requirements}
    manager, url = required_text(entry, "manager"), required_text(entry, "url")
    if manager not in _MANAGERS:
        raise wrong(manager, "`conda`, `pip` or `pypi`", "manager")
    try:
        return conda_record(url, common) if manager == "conda" else pypi_record(url, common)
    except EntryError as error:
        inside = error.path[:1]
        if inside and inside[0] in _HASHES:
            raise error.below("hash") from None
        raise


def _requirements(entry: Mapping[str, Any], key: str) -> list[str]:
    """Read requirements, which were a map from names to versions before they were a list."""
    value = entry.get(key)
    if not isinstance(value, dict):
        return list(texts(entry, key))
    try:
        return [f"{name} {optional_text(value, name, '')}".strip() for name in value]
    except EntryError as error:
        raise error.below(key) from None
