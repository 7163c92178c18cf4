"""The files of a pack, put together of fetched archives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wisp.engine.archives import Archive
from wisp.pack.channel import by_name, repodata_text
from wisp.pack.contents import (
    CHANNEL,
    ENVIRONMENT,
    METADATA,
    REPODATA,
    WHEELS,
    PackError,
    PackMetadata,
    environment_text,
)
from wisp.specs.origins import is_wheel
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.values import replace


def members_of(archives: Sequence[Archive], platform: str) -> dict[str, Path | bytes]:
    """Return all files of a pack for a platform, by their places.

    Every record tells a SHA-256, also one that the lock has none of. Raises `PackError` for two
    conda packages of one name, and for a wheel that a channel lists.
    """
    members: dict[str, Path | bytes] = {}
    channel: dict[str, dict[str, CondaRecord]] = {"noarch": {}}
    wheels: dict[str, str] = {}
    pypi: list[PypiRecord] = []
    for one in archives:
        if isinstance(one.record, CondaRecord):
            _require_package(one)
            told = replace(one.record, sha256=one.sha256)
            channel.setdefault(one.folder, {})[one.name] = told
            members[f"{CHANNEL}/{one.folder}/{one.name}"] = one.path
        else:
            wheels[one.name] = one.sha256
            pypi.append(one.record)
            members[f"{WHEELS}/{one.name}"] = one.path
    for subdir, records in channel.items():
        members[f"{CHANNEL}/{subdir}/{REPODATA}"] = repodata_text(subdir, records).encode()
    conda = by_name(record for records in channel.values() for record in records.values())
    members[METADATA] = PackMetadata(platform=platform, wheels=wheels).text().encode()
    text = environment_text(
        [conda[name] for name in sorted(conda)], sorted(pypi, key=lambda one: one.name)
    )
    members[ENVIRONMENT] = text.encode()
    return members


def _require_package(archive: Archive) -> None:
    """Refuse a wheel among conda's packages: no program that unpacks knows such a channel."""
    if is_wheel(archive.record.location):
        raise PackError(
            f"`{archive.record.name}` is a wheel that a conda channel lists, "
            "for which packs have no place",
            hints=("take it from PyPI: its wheel is packed then",),
        )
