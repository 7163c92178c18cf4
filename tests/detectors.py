"""Channels whose repodata names detectors, and packages that are such."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]
import zstandard

from tests.tiny import channel, tiny
from tools.forge.archive import Entry, Package, text

KEY = "virtual_package_detectors"
FOUND = {"__quantum": {"version": "1.2"}}


def report(packages: dict[str, Any] = FOUND, **more: Any) -> str:
    """A shell command that prints the report of a detector."""
    return f"printf '%s' '{json.dumps({'version': 1, 'virtual_packages': packages} | more)}'"


def detector(name: str, commands: str, *depends: str, files: tuple[Entry, ...] = ()) -> Package:
    """A package with a detector; each run leaves a line in the file `ran` of its environment."""
    script = f'#!/bin/sh\necho ran >> "$CONDA_PREFIX/ran"\n{commands}\n'
    own = text(f"bin/{name}", script, executable=True)
    return tiny(name, "1.0", *depends, files=(own, *files))


def quantum_channel(folder: Path, commands: str | None = None, **more: Any) -> Path:
    """A channel whose `app` needs `__quantum`, and the detector that finds it."""
    packages = [
        detector("quantum-detector", report() if commands is None else commands, **more),
        tiny("app", "1.0", "__quantum >=1"),
        tiny("app", "2.0", "__quantum >=2"),
        tiny("plain", "1.0"),
    ]
    return named(channel(folder, packages), {"quantum-detector": ["__quantum"]})


def named(channel: Path, table: Any, subdir: str = "noarch") -> Path:
    """Name detectors in every form of the repodata of a channel's subdir."""
    folder = channel / subdir
    whole = json.loads((folder / "repodata.json").read_bytes())
    whole["info"][KEY] = table
    plain = json.dumps(whole).encode()
    (folder / "repodata.json").write_bytes(plain)
    (folder / "repodata.json.zst").write_bytes(zstandard.compress(plain))
    shards = folder / "repodata_shards.msgpack.zst"
    index = msgpack.unpackb(zstandard.decompress(shards.read_bytes(), 1 << 24))
    index["info"][KEY] = table
    shards.write_bytes(zstandard.compress(msgpack.packb(index)))
    return channel


def runs(cache: Path) -> int:
    """Count how often detectors have run from a cache."""
    files = cache.glob("virtual-package-detectors/envs/*/ran")
    return sum(len(file.read_text().splitlines()) for file in files)
