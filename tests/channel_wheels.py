"""Channels that list wheels, in shards as Pixi's own channel does, and in whole lists."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]
import zstandard


def list_wheel(channel: Path, wheel: Path, *depends: str, **more: Any) -> dict[str, Any]:
    """List a wheel that lies in the subdir `noarch` of a channel, in each form of its repodata.

    Returns the record as shards have it.
    """
    name, version, *_ = wheel.name.split("-")
    record = {
        "name": name.replace("_", "-"),
        "version": version,
        "build": "py3_none_any_0",
        "build_number": 0,
        "depends": list(depends),
        "noarch": "python",
        "subdir": "noarch",
        "sha256": hashlib.sha256(wheel.read_bytes()).digest(),
        "url": f"./{wheel.name}",
    } | more
    key = f"{record['name']}-{version}-py3_none_any_0"
    body = {"packages": {}, "packages.conda": {}, "removed": [], "v3": {"whl": {key: record}}}
    shard = zstandard.compress(msgpack.packb(body))
    digest = hashlib.sha256(shard)
    folder = channel / "noarch"
    (folder / "shards" / f"{digest.hexdigest()}.msgpack.zst").write_bytes(shard)
    file = folder / "repodata_shards.msgpack.zst"
    index = msgpack.unpackb(zstandard.decompress(file.read_bytes(), 1 << 24))
    index["shards"][record["name"]] = digest.digest()
    file.write_bytes(zstandard.compress(msgpack.packb(index)))
    _list_whole(folder, key, record)
    return record


def _list_whole(folder: Path, key: str, record: dict[str, Any]) -> None:
    file = folder / "repodata.json"
    whole = json.loads(file.read_bytes())
    digest = record["sha256"]
    whole.setdefault("v3", {}).setdefault("whl", {})[key] = record | {
        "sha256": digest and digest.hex()
    }
    plain = json.dumps(whole).encode()
    file.write_bytes(plain)
    (folder / "repodata.json.zst").write_bytes(zstandard.compress(plain))
