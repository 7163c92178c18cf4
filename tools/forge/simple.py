"""A package index of the forge's wheels, as files: the JSON form of the simple API (PEP 691).

Upload times (PEP 700) are the days in `pins.toml`; metadata lies beside each wheel (PEP 658).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tools.forge.pins import Pin

_META = {"api-version": "1.1"}


def write_index(folder: Path, wheels: dict[Pin, Path]) -> None:
    """Write the index of `wheels` into `folder`: one folder per project with its files."""
    projects: dict[str, list[dict[str, Any]]] = {}
    for pin, wheel in wheels.items():
        name = str(canonicalize_name(pin.name))
        target = folder / name / wheel.name
        target.parent.mkdir(parents=True, exist_ok=True)
        _link(wheel, target)
        projects.setdefault(name, []).append(_file(pin, target))
    for name, files in projects.items():
        page = {"meta": _META, "name": name, "files": files}
        page["versions"] = [file.pop("version") for file in files]
        (folder / name / "index.json").write_text(json.dumps(page, indent=1))
    overview = {"meta": _META, "projects": [{"name": name} for name in sorted(projects)]}
    (folder / "index.json").write_text(json.dumps(overview, indent=1))


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _file(pin: Pin, wheel: Path) -> dict[str, Any]:
    metadata = _metadata(wheel)
    wheel.with_name(f"{wheel.name}.metadata").write_bytes(metadata)
    uploaded = dt.datetime.fromtimestamp(pin.timestamp / 1000, dt.UTC)
    row = {
        "filename": wheel.name,
        "url": wheel.name,
        "hashes": {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()},
        "size": wheel.stat().st_size,
        "upload-time": uploaded.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "core-metadata": {"sha256": hashlib.sha256(metadata).hexdigest()},
        "yanked": False,
        "version": pin.version,
    }
    python = HeaderParser().parsestr(metadata.decode()).get("Requires-Python")
    return row | {"requires-python": python} if python else row


def _metadata(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        name = next(
            name
            for name in archive.namelist()
            if name.endswith(".dist-info/METADATA") and name.count("/") == 1
        )
        return archive.read(name)
