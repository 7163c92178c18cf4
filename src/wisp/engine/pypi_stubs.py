"""Stub wheels: how uv is told that conda already provides a PyPI package.

A stub has a name, a version and no requirements. Passed as a constraint (`name @ file://…`) it
makes uv choose that version, judge all other packages by it, and never ask an index for it.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from pathlib import Path

from packaging.version import Version

from wisp.specs.inside import plain_name


def stub_wheel(folder: Path, name: str, version: str) -> Path:
    """Return a wheel without content for a normalised name and a PEP 440 version.

    Stubs are kept in `folder` and made only once. Raises `UnsafePathError` for what is no name.
    """
    escaped = re.sub(r"[-_.]+", "_", plain_name(name, "a PyPI package that conda provides"))
    file = folder / f"{escaped}-{version}-py3-none-any.whl"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
            draft.write(_content(escaped, name, version))
        Path(draft.name).replace(file)
    return file


def pep440_version(conda_version: str) -> str | None:
    """Spell a conda version as PEP 440 does, or return None where it has no such meaning."""
    try:
        return str(Version(conda_version))
    except ValueError:
        return None


def _content(escaped: str, name: str, version: str) -> bytes:
    dist_info = f"{escaped}-{version}.dist-info"
    members = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: wisp\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member, text in members.items():
            archive.writestr(zipfile.ZipInfo(f"{dist_info}/{member}"), text)
    return buffer.getvalue()
