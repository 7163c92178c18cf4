"""A wheel, unzipped: what it says of itself, and where its files go.

Placement follows the binary distribution format: `purelib` and `platlib` go to `site-packages`,
`.data/scripts` to the scripts, `.data/data` to the prefix.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from configparser import ConfigParser
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.forge.archive import PLACEHOLDER, Entry
from tools.forge.layouts import ForgeError
from tools.forge.pins import Pins


@dataclass(frozen=True, slots=True)
class Wheel:
    """An unzipped wheel: its members, and the parsed parts of its dist-info."""

    members: dict[str, Entry]
    dist_info: str
    headers: dict[str, list[str]]
    entry_points: tuple[str, ...]

    @classmethod
    def read(cls, wheel: Path) -> Wheel:
        """Unzip a wheel into memory."""
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
        """The Pythons it runs on, spelled as conda does."""
        return ",".join(self.headers.get("requires-python", [])).replace(" ", "")

    @property
    def license(self) -> str:
        """The licence, where it is a name and not a text."""
        found = self.headers.get("license-expression") or self.headers.get("license") or [""]
        line = found[0].strip()
        return line if len(line) < 60 else ""

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
        installer = f"{library}/{self.dist_info}/INSTALLER"
        placed[installer] = Entry(installer, b"conda\n")
        record = f"{library}/{self.dist_info}/RECORD"
        placed.pop(record, None)
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
