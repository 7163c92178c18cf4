"""Wheels from the package index, and the conda packages made of them.

Installation follows the binary distribution format: `purelib` and `platlib` go to
`site-packages`, `.data/scripts` to the scripts, `.data/data` to the prefix.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.forge.archive import PLACEHOLDER, Entry, Package, text
from tools.forge.layouts import ForgeError, Layout
from tools.forge.pins import Pin, Pins

_PURE_ONLY = ["--platform", "any", "--implementation", "py", "--abi", "none"]


def download(pins: tuple[Pin, ...], minor: str, folder: Path) -> dict[Pin, Path]:
    """Fetch the wheel of each pin into `folder`, where one that lies there is not asked for.

    Raises `ForgeError` with pip's words when it fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [pin for pin in pins if _find(folder, pin) is None]
    for batch in _without_repeated_names(missing):
        pure = [*_PURE_ONLY, "--python-version", minor] if batch[0].pure else []
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--dest", str(folder)]
        command += [*pure, *[pin.requirement for pin in batch]]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            raise ForgeError(f"wheels could not be downloaded:\n{run.stderr.strip()}")
    return {pin: _expect(folder, pin) for pin in pins}


def _without_repeated_names(pins: list[Pin]) -> list[list[Pin]]:
    """Split into batches: pip refuses two versions of a project in one call."""
    batches: dict[tuple[bool, int], list[Pin]] = {}
    seen: dict[str, int] = {}
    for pin in pins:
        seen[pin.name] = seen.get(pin.name, 0) + 1
        batches.setdefault((pin.pure, seen[pin.name]), []).append(pin)
    return list(batches.values())


def _find(folder: Path, pin: Pin) -> Path | None:
    for file in sorted(folder.glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(file.name)
        if name == canonicalize_name(pin.name) and str(version) == pin.version:
            return file
    return None


def _expect(folder: Path, pin: Pin) -> Path:
    file = _find(folder, pin)
    if file is None:
        raise ForgeError(f"pip downloaded no wheel for {pin.requirement}")
    return file


def pure_package(wheel: Path, pin: Pin, pins: Pins, minor: str) -> Package:
    """Make a `noarch: python` package of a pure wheel."""
    contents = _Contents.read(wheel)
    python = contents.requires_python or ">=3.8"
    return Package(
        name=pins.conda_names[pin.name],
        version=pin.version,
        build="pyforge_0",
        noarch="python",
        depends=(f"python {python}", *contents.depends(pins, minor)),
        timestamp=pin.timestamp,
        license=contents.license,
        purls=(f"pkg:pypi/{canonicalize_name(pin.name)}",),
        entry_points=contents.entry_points,
        files=contents.files("site-packages", "python-scripts"),
    )


def numpy_record(version: str, minor: str, subdir: str, timestamp: int) -> Package:
    """Make the package `numpy` for one platform and Python, without its files."""
    major, below = minor.split(".")
    build = f"py{major}{below}forge_0"
    abi = f"python_abi {minor}.* *_cp{major}{below}"
    system = {"linux": ("__glibc >=2.17,<3.0.a0",), "osx": ("__osx >=11.0",)}
    return Package(
        name="numpy",
        version=version,
        build=build,
        subdir=subdir,
        depends=(
            *system.get(subdir.split("-")[0], ()),
            f"python >={minor},<{major}.{int(below) + 1}.0a0",
            abi,
        ),
        constrains=("numpy-base <0a0",),
        timestamp=timestamp,
        license="BSD-3-Clause",
        purls=("pkg:pypi/numpy",),
        run_exports={"weak": [f"numpy >={version.split('.')[0]},<{int(version[0]) + 1}"]},
    )


def platform_files(wheel: Path, layout: Layout) -> tuple[Entry, ...]:
    """Lay a platform wheel out below a prefix, entry points written as scripts."""
    contents = _Contents.read(wheel)
    files = contents.files(f"lib/python{layout.minor}/site-packages", "bin")
    return files + tuple(_script(point) for point in contents.entry_points)


def _script(entry_point: str) -> Entry:
    name, _, target = (part.strip() for part in entry_point.partition("="))
    module, _, function = target.partition(":")
    lines = [f"#!{PLACEHOLDER}/bin/python", "import sys", f"from {module} import {function}"]
    lines += ["", f"sys.exit({function}())", ""]
    return text(f"bin/{name}", "\n".join(lines), executable=True)


@dataclass(frozen=True, slots=True)
class _Contents:
    """An unzipped wheel: its members, and the parsed parts of its dist-info."""

    members: dict[str, Entry]
    dist_info: str
    headers: dict[str, list[str]]
    entry_points: tuple[str, ...]

    @classmethod
    def read(cls, wheel: Path) -> _Contents:
        with zipfile.ZipFile(wheel) as archive:
            members = {
                info.filename: Entry(
                    info.filename, archive.read(info), bool(info.external_attr >> 16 & 0o111)
                )
                for info in archive.infolist()
                if not info.is_dir()
            }
        metadata = next(
            p for p in members if p.endswith(".dist-info/METADATA") and p.count("/") < 2
        )
        dist_info = metadata.split("/")[0]
        message = HeaderParser().parsestr(members[metadata].data.decode())
        headers: dict[str, list[str]] = {}
        for key, value in message.items():
            headers.setdefault(key.lower(), []).append(value)
        points = members.get(f"{dist_info}/entry_points.txt")
        return cls(members, dist_info, headers, _console_scripts(points))

    @property
    def requires_python(self) -> str:
        return ",".join(self.headers.get("requires-python", [])).replace(" ", "")

    @property
    def license(self) -> str:
        found = self.headers.get("license-expression") or self.headers.get("license") or [""]
        line = found[0].strip()
        return line if line and len(line) < 60 and "\n" not in line else "MIT"

    def depends(self, pins: Pins, minor: str) -> list[str]:
        """Translate Requires-Dist for Python `minor` on Linux; extras have no place in conda."""
        environment = {"python_version": minor, "python_full_version": f"{minor}.0"}
        environment |= {"sys_platform": "linux", "os_name": "posix", "extra": ""}
        environment |= {"platform_system": "Linux", "implementation_name": "cpython"}
        environment |= {"platform_python_implementation": "CPython"}
        wanted = []
        for line in self.headers.get("requires-dist", []):
            requirement = Requirement(line)
            if requirement.marker and not requirement.marker.evaluate(environment):
                continue
            name = str(canonicalize_name(requirement.name))
            if name not in pins.conda_names:
                raise ForgeError(f"{self.dist_info} needs {name}, which has no pin")
            wanted.append(f"{pins.conda_names[name]} {requirement.specifier}".rstrip())
        return sorted(wanted)

    def files(self, library: str, scripts: str) -> tuple[Entry, ...]:
        """Lay the members out: modules below `library`, scripts below `scripts`."""
        data = self.dist_info.removesuffix(".dist-info") + ".data"
        placed = {}
        for path, entry in self.members.items():
            target = _place(path, data, library, scripts)
            if target is not None:
                placed[target] = _with_interpreter(entry, target, scripts)
        placed.pop(f"{library}/{self.dist_info}/RECORD", None)
        installer = f"{library}/{self.dist_info}/INSTALLER"
        placed[installer] = Entry(installer, b"conda\n")
        record = f"{library}/{self.dist_info}/RECORD"
        placed[record] = Entry(record, _record(placed, library, record))
        return tuple(placed.values())


def _console_scripts(points: Entry | None) -> tuple[str, ...]:
    if points is None:
        return ()
    parser = ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(points.data.decode())
    if not parser.has_section("console_scripts"):
        return ()
    rows = parser.items("console_scripts")
    return tuple(f"{name} = {target.split('[')[0].strip()}" for name, target in rows)


def _place(path: str, data: str, library: str, scripts: str) -> str | None:
    if not path.startswith(f"{data}/"):
        return f"{library}/{path}"
    kind, _, rest = path.removeprefix(f"{data}/").partition("/")
    folders = {"purelib": f"{library}/", "platlib": f"{library}/", "scripts": f"{scripts}/"}
    folders["data"] = ""
    return folders[kind] + rest if kind in folders else None


def _with_interpreter(entry: Entry, target: str, scripts: str) -> Entry:
    """Move an entry; a script's `#!python` becomes the interpreter of the prefix."""
    if target.startswith(f"{scripts}/") and entry.data.startswith(b"#!python"):
        _, _, rest = entry.data.partition(b"\n")
        shebang = f"#!{PLACEHOLDER}/bin/python\n".encode()
        return Entry(target, shebang + rest, executable=True, prefixed="text")
    return Entry(target, entry.data, entry.executable)


def _record(placed: dict[str, Entry], library: str, record: str) -> bytes:
    """Write RECORD for what lies below `library`."""
    lines = []
    for path in sorted(placed):
        if path.startswith(f"{library}/"):
            data = placed[path].data
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            lines.append(f"{path.removeprefix(f'{library}/')},sha256={digest},{len(data)}\n")
    lines.append(f"{record.removeprefix(f'{library}/')},,\n")
    return "".join(lines).encode()
