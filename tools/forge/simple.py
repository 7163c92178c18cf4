"""A package index as files: the JSON form of the simple API (PEP 691).

Upload times (PEP 700) are those of the pins; metadata lies beside each wheel (PEP 658).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tools.forge.pins import Pin

_META = {"api-version": "1.1"}


def write_index(folder: Path, files: Iterable[tuple[Pin, Path]]) -> None:
    """Write the index of wheels and sdists into `folder`: one folder per project, with files."""
    projects: dict[str, list[dict[str, Any]]] = {}
    versions: dict[str, list[str]] = {}
    for pin, file in files:
        name = str(canonicalize_name(pin.name))
        target = folder / name / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        _link(file, target)
        projects.setdefault(name, []).append(_file(pin, target))
        versions.setdefault(name, []).append(pin.version)
    for name, rows in projects.items():
        page = {"meta": _META, "name": name, "files": rows}
        page["versions"] = list(dict.fromkeys(versions[name]))
        (folder / name / "index.json").write_text(json.dumps(page, indent=1))
    overview = {"meta": _META, "projects": [{"name": name} for name in sorted(projects)]}
    (folder / "index.json").write_text(json.dumps(overview, indent=1))


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _file(pin: Pin, file: Path) -> dict[str, Any]:
    uploaded = dt.datetime.fromtimestamp(pin.timestamp / 1000, dt.UTC)
    row: dict[str, Any] = {
        "filename": file.name,
        "url": file.name,
        "hashes": {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()},
        "size": file.stat().st_size,
        "upload-time": uploaded.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "yanked": False,
    }
    return row | _from_metadata(file) if file.suffix == ".whl" else row


def _from_metadata(wheel: Path) -> dict[str, Any]:
    """Lay the metadata of a wheel beside it, and give what the index says because of it."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(
            name
            for name in archive.namelist()
            if name.endswith(".dist-info/METADATA") and name.count("/") == 1
        )
        metadata = archive.read(name)
    wheel.with_name(f"{wheel.name}.metadata").write_bytes(metadata)
    row: dict[str, Any] = {"core-metadata": {"sha256": hashlib.sha256(metadata).hexdigest()}}
    python = HeaderParser().parsestr(metadata.decode()).get("Requires-Python")
    return row | {"requires-python": python} if python else row
