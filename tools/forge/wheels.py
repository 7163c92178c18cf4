"""Conda packages made of wheels."""

from __future__ import annotations

from pathlib import Path

from packaging.utils import canonicalize_name

from tools.forge.archive import PLACEHOLDER, Entry, Package, text
from tools.forge.layouts import SYSTEM_FLOORS, Layout
from tools.forge.pins import Pin, Pins
from tools.forge.wheel import Wheel


def pure_package(file: Path, pin: Pin, pins: Pins, minor: str) -> Package:
    """Make a `noarch: python` package of a pure wheel."""
    wheel = Wheel.read(file)
    python = wheel.requires_python or ">=3.8"
    return Package(
        name=pins.conda_names[pin.name],
        version=pin.version,
        build="pyforge_0",
        noarch="python",
        depends=(f"python {python}", *wheel.depends(pins, minor)),
        timestamp=pin.timestamp,
        license=wheel.license,
        purls=(f"pkg:pypi/{canonicalize_name(pin.name)}",),
        entry_points=wheel.entry_points,
        files=wheel.files("site-packages", "python-scripts"),
    )


def numpy_record(version: str, minor: str, subdir: str, timestamp: int) -> Package:
    """Make the package `numpy` for one platform and Python, without its files."""
    major, below = minor.split(".")
    build = f"py{major}{below}forge_0"
    abi = f"python_abi {minor}.* *_cp{major}{below}"
    return Package(
        name="numpy",
        version=version,
        build=build,
        subdir=subdir,
        depends=(
            *SYSTEM_FLOORS[subdir.split("-")[0]],
            f"python >={minor},<{major}.{int(below) + 1}.0a0",
            abi,
        ),
        constrains=("numpy-base <0a0",),
        timestamp=timestamp,
        license="BSD-3-Clause",
        purls=("pkg:pypi/numpy",),
        run_exports={"weak": [f"numpy >={version.split('.')[0]},<{int(version[0]) + 1}"]},
    )


def platform_files(file: Path, layout: Layout) -> tuple[Entry, ...]:
    """Lay a platform wheel out below a prefix, entry points written as scripts."""
    wheel = Wheel.read(file)
    files = wheel.files(f"lib/python{layout.minor}/site-packages", "bin")
    return files + tuple(_script(point) for point in wheel.entry_points)


def _script(entry_point: str) -> Entry:
    name, _, target = (part.strip() for part in entry_point.partition("="))
    module, _, function = target.partition(":")
    lines = [f"#!{PLACEHOLDER}/bin/python", "import sys", f"from {module} import {function}"]
    lines += ["", f"sys.exit({function}())", ""]
    return text(f"bin/{name}", "\n".join(lines), executable=True)
