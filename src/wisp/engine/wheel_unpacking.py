"""A wheel as an unpacked conda package, as rattler links packages of pure Python.

Modules go below `site-packages` and scripts below `python-scripts`, for which rattler finds the
places of the prefix; commands are told in `info/link.json`, for which it writes the scripts. What
a wheel wants in the prefix itself goes there.

Source: binary distribution format 1.0 (PEP 427), entry points specification, CEP 17 of conda.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from wisp.errors import InstallError, WispError
from wisp.specs.inside import inside
from wisp.specs.records import CondaRecord
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SITE = "site-packages"
_SCRIPTS = "python-scripts"
#: Where the parts of a wheel's data folder go; headers have no place that packages agree on.
_PLACES = {"purelib": _SITE, "platlib": _SITE, "scripts": _SCRIPTS, "data": ""}
#: What scripts have in place of an interpreter, and what rattler replaces by the prefix.
_ANY_PYTHON = (b"#!pythonw", b"#!python")
PLACEHOLDER = "/wisp_wheel_placehold" + 20 * "_"
#: From `site-packages` of a prefix to the prefix: `lib/python3.12/site-packages`.
_UP = "../../.."
_GROUPS = ("console_scripts", "gui_scripts")
_SIGNATURES = ("/RECORD", "/RECORD.jws", "/RECORD.p7s")


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the package: whether it runs, and whether it names the prefix (`prefixed`)."""

    path: str
    content: bytes
    runs: bool = False
    prefixed: bool = False

    def row(self) -> dict[str, Any]:
        """Describe it for `info/paths.json`."""
        row = {
            "_path": self.path,
            "path_type": "hardlink",
            "sha256": hashlib.sha256(self.content).hexdigest(),
            "size_in_bytes": len(self.content),
        }
        return row | (
            {"prefix_placeholder": PLACEHOLDER, "file_mode": "text"} if self.prefixed else {}
        )

    def recorded(self) -> tuple[str, str, str]:
        """Describe it for `RECORD`, which tells places from `site-packages` on."""
        if self.path.startswith(f"{_SCRIPTS}/"):  # where they go, and what stands there, is open
            return f"{_UP}/bin/{self.path.removeprefix(f'{_SCRIPTS}/')}", "", ""
        digest = base64.urlsafe_b64encode(hashlib.sha256(self.content).digest()).rstrip(b"=")
        known = self.path.startswith(f"{_SITE}/")
        path = self.path.removeprefix(f"{_SITE}/") if known else f"{_UP}/{self.path}"
        return path, f"sha256={digest.decode()}", str(len(self.content))


def unpack_wheel(archive: Path, package: Path, record: CondaRecord, largest: int) -> None:
    """Unpack a wheel as the package of a record into a folder, which is made.

    `largest` is how many bytes it may hold, unpacked.

    Raises:
        InstallError: It is no wheel that conda can link.
        UnsafePathError: A path of it leads elsewhere.

    """
    try:
        with ZipFile(archive) as opened:
            wheel = _Wheel(opened, record.name, largest)
            files = [*wheel.files()]
            commands = wheel.commands()
    except WispError:
        raise
    except Exception as error:  # each form of compression has its own
        raise _refused(record.name, str(error)) from error
    files.append(_record_of(files, wheel.dist_info))
    for file in files:
        target = package / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
        target.chmod(0o755 if file.runs else 0o644)
    _write_info(package, record, files, commands)


class _Wheel:
    """An opened wheel, of which what it says about itself is known."""

    def __init__(self, opened: ZipFile, name: str, largest: int) -> None:
        self._opened = opened
        self._name = name
        self._members = [one for one in opened.infolist() if not one.is_dir()]
        if sum(one.file_size for one in self._members) > largest:
            raise _refused(name, f"it holds more than {largest} bytes")
        folders = [one.filename.split("/") for one in self._members]
        found = {row[0] for row in folders if len(row) == 2 and row[1] == "WHEEL"}
        chosen = [folder for folder in found if folder.endswith(".dist-info")]
        if len(chosen) != 1:
            raise _refused(name, "it has not one folder that describes it")
        self.dist_info = chosen[0]

    def files(self) -> Iterator[_File]:
        """Read what it brings, each file at its place, and say who installed it."""
        signatures = {f"{self.dist_info}{name}" for name in _SIGNATURES}
        for member in self._members:
            if member.filename not in signatures:
                yield self._placed(member)
        yield _File(f"{_SITE}/{self.dist_info}/INSTALLER", b"conda\n")

    def _placed(self, member: ZipInfo) -> _File:
        name, content = inside(member.filename, f"`{self._name}`"), self._opened.read(member)
        runs = bool(member.external_attr >> 16 & 0o111)
        data = f"{self.dist_info.removesuffix('.dist-info')}.data/"
        if not name.startswith(data):
            return _File(f"{_SITE}/{name}", content, runs)
        kind, _, rest = name.removeprefix(data).partition("/")
        if kind not in _PLACES or not rest:
            raise _refused(self._name, f"it brings `{name}`, for which conda has no place")
        if kind == "scripts":
            return _script(f"{_SCRIPTS}/{rest}", content)
        folder = _PLACES[kind]
        return _File(f"{folder}/{rest}" if folder else rest, content, runs)

    def commands(self) -> list[str]:
        """Read the commands that scripts are written for, as `NAME = MODULE:FUNCTION`."""
        path = f"{self.dist_info}/entry_points.txt"
        if path not in self._opened.namelist():
            return []
        parser = ConfigParser(delimiters=("=",), interpolation=None)
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        try:
            parser.read_string(self._opened.read(path).decode())
        except (ConfigError, UnicodeDecodeError) as error:
            raise _refused(self._name, f"its entry points cannot be read: {error}") from error
        rows = [
            pair for group in _GROUPS if parser.has_section(group) for pair in parser[group].items()
        ]
        return sorted(f"{name} = {call.partition('[')[0].strip()}" for name, call in rows)


def _script(path: str, content: bytes) -> _File:
    """Let a script that runs on any Python run on that of the prefix."""
    for sign in _ANY_PYTHON:
        if content.startswith(sign):
            line = f"#!{PLACEHOLDER}/bin/python".encode()
            return _File(path, line + content.removeprefix(sign), runs=True, prefixed=True)
    return _File(path, content, runs=True)


def _record_of(files: list[_File], dist_info: str) -> _File:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(file.recorded() for file in files)
    writer.writerow((f"{dist_info}/RECORD", "", ""))
    return _File(f"{_SITE}/{dist_info}/RECORD", text.getvalue().encode())


def _write_info(
    package: Path, record: CondaRecord, files: list[_File], commands: list[str]
) -> None:
    tables: Mapping[str, Any] = {
        "index.json": {
            "name": record.name,
            "version": record.version,
            "build": record.build,
            "build_number": record.build_number,
            "depends": list(record.depends),
            "subdir": record.subdir,
            "noarch": "python",
        },
        "link.json": {
            "noarch": {"type": "python", "entry_points": commands},
            "package_metadata_version": 1,
        },
        "about.json": {},
        "paths.json": {"paths": [file.row() for file in files], "paths_version": 1},
    }
    folder = package / "info"
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (folder / name).write_text(json.dumps(table), encoding="utf-8")
    (folder / "files").write_text("".join(f"{file.path}\n" for file in files), encoding="utf-8")


def _refused(name: str, reason: str) -> InstallError:
    return InstallError(
        f"the wheel of `{name}` cannot be installed as a conda package", causes=[reason]
    )
