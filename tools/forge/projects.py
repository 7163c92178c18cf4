"""Small generated projects for the package index: wheels, also for other platforms, an sdist."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.forge.pins import Pin

_TIMESTAMP = 1_700_000_000_000
_NATIVE = ("manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "macosx_11_0_arm64", "win_amd64")


def projects(folder: Path) -> Iterator[tuple[Pin, Path]]:
    """Make them all in `folder`.

    `forge-native` has a wheel for each platform and needs something else on Windows,
    `forge-source` has no wheel, `forge-extras` has an extra.
    """
    markers = ['colorama; sys_platform == "win32"', 'six; sys_platform != "win32"']
    for tag in _NATIVE:
        yield tiny_wheel(folder, "forge-native", "1.0", markers, tag=f"py3-none-{tag}")
    yield tiny_wheel(folder, "forge-extras", "1.0", ['rich; extra == "color"'], extras=["color"])
    yield _source(folder, "forge-source", "1.0", ["six"])


def tiny_wheel(
    folder: Path,
    name: str,
    version: str,
    requires: Iterable[str] = (),
    *,
    tag: str = "py3-none-any",
    extras: Iterable[str] = (),
) -> tuple[Pin, Path]:
    """Write a wheel with one module."""
    module = name.replace("-", "_")
    dist_info = f"{module}-{version}.dist-info"
    members = {
        f"{module}.py": f"VERSION = {version!r}\n",
        f"{dist_info}/METADATA": _metadata(name, version, requires, extras),
        f"{dist_info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    listing = "".join(f"{path},,\n" for path in [*members, f"{dist_info}/RECORD"])
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{module}-{version}-{tag}.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in (members | {f"{dist_info}/RECORD": listing}).items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return Pin(name, version, _TIMESTAMP, pure=True), file


def _source(folder: Path, name: str, version: str, requires: list[str]) -> tuple[Pin, Path]:
    """Write a source distribution that setuptools builds."""
    module = name.replace("-", "_")
    wanted = ", ".join(f'"{line}"' for line in requires)
    pyproject = (
        '[build-system]\nrequires = ["setuptools>=69"]\nbuild-backend = "setuptools.build_meta"\n'
        f'[project]\nname = "{name}"\nversion = "{version}"\nrequires-python = ">=3.9"\n'
        f'dependencies = [{wanted}]\n[tool.setuptools]\npy-modules = ["{module}"]\n'
    )
    members = {
        "PKG-INFO": _metadata(name, version, requires, ()),
        "pyproject.toml": pyproject,
        f"{module}.py": f"VERSION = {version!r}\n",
    }
    file = folder / f"{module}-{version}.tar.gz"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in members.items():
            member = tarfile.TarInfo(f"{module}-{version}/{path}")
            member.size, member.mtime = len(content), _TIMESTAMP // 1000
            tar.addfile(member, io.BytesIO(content.encode()))
    file.write_bytes(gzip.compress(buffer.getvalue(), mtime=0))
    return Pin(name, version, _TIMESTAMP, pure=True), file


def _metadata(name: str, version: str, requires: Iterable[str], extras: Iterable[str]) -> str:
    lines = ["Metadata-Version: 2.2", f"Name: {name}", f"Version: {version}"]
    lines += ["Requires-Python: >=3.9", *[f"Provides-Extra: {extra}" for extra in extras]]
    return "\n".join([*lines, *[f"Requires-Dist: {line}" for line in requires], ""])
