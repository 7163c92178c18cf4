"""Tiny real wheels and projects for tests that let uv resolve and install."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def make_wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    requires: Sequence[str] = (),
    tag: str = "py3-none-any",
    text: str = "",
    requires_python: str = ">=3.8",
    more: Mapping[str, str] | None = None,
    scripts: Sequence[str] = (),
) -> Path:
    """Write a wheel with one module, which holds `text`, and `more` files by their paths.

    `scripts` are entries such as `NAME = MODULE:FUNCTION`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    lines = [f"Requires-Dist: {line}\n" for line in requires]
    files = {
        f"{module}.py": text,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        f"Requires-Python: {requires_python}\n{''.join(lines)}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    files |= more or {}
    if scripts:
        files[f"{info}/entry_points.txt"] = "\n".join(["[console_scripts]", *scripts, ""])
    record = "".join(f"{path},{_digest(content)}\n" for path, content in files.items())
    wheel = folder / f"{module}-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in (files | {f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}).items():
            archive.writestr(path, content)
    return wheel


def make_project(folder: Path, name: str, version: str = "1.0", table: str = "") -> Path:
    """Write a project of one module whose back-end is its own file, so building needs no index."""
    folder.mkdir(parents=True)
    module = name.replace("-", "_")
    (folder / f"{module}.py").write_text("")
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "{version}"\n{table}\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (folder / "backend.py").write_text(_BACKEND.format(name=name, module=module, version=version))
    return folder


def _digest(content: str) -> str:
    data = content.encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest},{len(data)}"


_BACKEND = """
import os, zipfile

INFO = "{module}-{version}.dist-info"
METADATA = "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
WHEEL = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"


def _build(folder, files):
    name = "{module}-{version}-py3-none-any.whl"
    members = files | {{f"{{INFO}}/METADATA": METADATA, f"{{INFO}}/WHEEL": WHEEL}}
    record = "".join(f"{{path}},,\\n" for path in [*members, f"{{INFO}}/RECORD"])
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for path, text in (members | {{f"{{INFO}}/RECORD": record}}).items():
            archive.writestr(path, text)
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _build(wheel_directory, {{"{module}.py": open("{module}.py").read()}})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _build(wheel_directory, {{"{module}.pth": os.getcwd() + "\\n"}})
"""


def damaged_wheel(path: Path, member: str) -> None:
    """Write an archive of one member whose packed bytes are none: zlib itself tells."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, "x" * 1000)
    content = bytearray(path.read_bytes())
    content[30 + len(member)] = 0b111  # a kind of block that there is not
    path.write_bytes(content)
