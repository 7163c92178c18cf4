"""A channel on disk: archives and the three forms of repodata.

`repodata.json` is what `file://` channels are read from; servers also offer it compressed with
zstd, and split by package name (CEP 16), so that a solver fetches only what it meets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgpack  # type: ignore[import-untyped]
import zstandard

from tools.forge.archive import Json, Package


@dataclass(frozen=True, slots=True)
class Item:
    """A package in a channel; `archive` is None where only its record is published."""

    package: Package
    record: Json
    archive: bytes | None


def packed(package: Package) -> Item:
    """Pack a package."""
    archive = package.pack()
    return Item(package, package.record(archive), archive)


def record_only(package: Package) -> Item:
    """Make an item whose archive nobody can download; its digests are those of a hollow one."""
    return Item(package, package.record(package.pack()), None)


def write_channel(folder: Path, items: Iterable[Item], subdirs: Iterable[str]) -> None:
    """Write all items into the channel at `folder`; each of `subdirs` exists, if only empty."""
    by_subdir: dict[str, list[Item]] = {subdir: [] for subdir in subdirs}
    for item in items:
        by_subdir.setdefault(item.package.subdir, []).append(item)
    for subdir, members in by_subdir.items():
        target = folder / subdir
        target.mkdir(parents=True, exist_ok=True)
        for item in members:
            if item.archive is not None:
                (target / item.package.filename).write_bytes(item.archive)
        records = {item.package.filename: item.record for item in members}
        write_repodata(target, records)
        _write_run_exports(target, members)


def write_repodata(folder: Path, records: dict[str, Json]) -> None:
    """Write the three forms of the repodata of one subdir, named as the folder."""
    records = dict(sorted(records.items()))
    whole = {
        "info": {"subdir": folder.name},
        **_by_format(records),
        "removed": [],
        "repodata_version": 1,
    }
    text = json.dumps(whole, indent=1).encode()
    (folder / "repodata.json").write_bytes(text)
    (folder / "repodata.json.zst").write_bytes(zstandard.compress(text, 3))
    _write_shards(folder, records)


def _by_format(records: dict[str, Json]) -> dict[str, dict[str, Json]]:
    """Split records as repodata does."""
    legacy = {name: record for name, record in records.items() if name.endswith(".tar.bz2")}
    modern = {name: record for name, record in records.items() if name not in legacy}
    return {"packages": legacy, "packages.conda": modern}


def _write_shards(folder: Path, records: dict[str, Json]) -> None:
    by_name: dict[str, dict[str, Json]] = {}
    for filename, record in records.items():
        by_name.setdefault(record["name"], {})[filename] = _with_binary_digests(record)
    shards = folder / "shards"
    shards.mkdir(exist_ok=True)
    digests = {}
    for name, members in by_name.items():
        body = msgpack.packb({**_by_format(members), "removed": []})
        shard = zstandard.compress(body, 3)
        digest = hashlib.sha256(shard)
        (shards / f"{digest.hexdigest()}.msgpack.zst").write_bytes(shard)
        digests[name] = digest.digest()
    info = {"subdir": folder.name, "base_url": "./", "shards_base_url": "./shards/"}
    index = msgpack.packb({"version": 1, "info": info, "shards": digests})
    (folder / "repodata_shards.msgpack.zst").write_bytes(zstandard.compress(index, 3))


def _with_binary_digests(record: Json) -> Json:
    """Spell digests as shards do."""
    return record | {key: bytes.fromhex(record[key]) for key in ("sha256", "md5")}


def _write_run_exports(folder: Path, members: list[Item]) -> None:
    """Write what packages export to those built against them (CEP 12)."""
    exports = {
        item.package.filename: {"run_exports": item.package.run_exports}
        for item in sorted(members, key=lambda item: item.package.filename)
        if item.package.run_exports
    }
    body = {"info": {"subdir": folder.name, "version": 1}, "packages": {}}
    text = json.dumps(body | {"packages.conda": exports}, indent=1)
    (folder / "run_exports.json").write_text(text)
