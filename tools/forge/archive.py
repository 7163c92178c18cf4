"""Conda packages as values, and their archives: same value, same bytes.

The format is mostly `.conda` (conda-package-handling): a stored zip of `metadata.json`, a tar
with the files and a tar with `info/`, both compressed with zstd. Every time stamp inside an
archive is that of the package, owners are root, entries are sorted.
"""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import tarfile
import zipfile
from dataclasses import dataclass, field
from typing import Any

import zstandard

#: What stands in text files for the prefix until a package is linked. Binary replacement needs
#: room, so the tradition is 255 characters.
PLACEHOLDER = "/forge_placehold".ljust(255, "_")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a package: its bytes, or the target of a symbolic link.

    `prefixed` is `text` or `binary` for a file that contains `PLACEHOLDER`. `mode` are the bits in
    the archive, if not the usual ones.
    """

    path: str
    data: bytes = b""
    executable: bool = False
    link: str = ""
    prefixed: str = ""
    mode: int | None = None

    def as_path_json(self) -> Json:
        """Give the line of `info/paths.json` for this file."""
        if self.link:
            return {"_path": self.path, "path_type": "softlink", "size_in_bytes": 0}
        row: Json = {
            "_path": self.path,
            "path_type": "hardlink",
            "sha256": hashlib.sha256(self.data).hexdigest(),
            "size_in_bytes": len(self.data),
        }
        if self.prefixed:
            row |= {"prefix_placeholder": PLACEHOLDER, "file_mode": self.prefixed}
        return row


def text(path: str, content: str, *, executable: bool = False) -> Entry:
    """Make a text file; it is `prefixed` when it holds the placeholder."""
    return Entry(
        path, content.encode(), executable, prefixed="text" if PLACEHOLDER in content else ""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A conda package: what its record says, and its files.

    `timestamp` is in milliseconds; a `legacy` package has the older format, `.tar.bz2`.
    """

    name: str
    version: str
    build: str = "0"
    build_number: int = 0
    subdir: str = "noarch"
    noarch: str = ""
    depends: tuple[str, ...] = ()
    constrains: tuple[str, ...] = ()
    timestamp: int = 1_700_000_000_000
    license: str = "MIT"
    purls: tuple[str, ...] = ()
    track_features: str = ""
    site_packages: str = ""
    entry_points: tuple[str, ...] = ()
    run_exports: Json = field(default_factory=dict)
    files: tuple[Entry, ...] = ()
    legacy: bool = False

    @property
    def stem(self) -> str:
        """File name without its ending."""
        return f"{self.name}-{self.version}-{self.build}"

    @property
    def filename(self) -> str:
        """Name of the archive in its channel."""
        return self.stem + (".tar.bz2" if self.legacy else ".conda")

    def index(self) -> Json:
        """Give `info/index.json`."""
        row: Json = {
            "name": self.name,
            "version": self.version,
            "build": self.build,
            "build_number": self.build_number,
            "depends": list(self.depends),
            "subdir": self.subdir,
            "timestamp": self.timestamp,
        }
        if self.license:
            row["license"] = self.license
        if self.constrains:
            row["constrains"] = list(self.constrains)
        if self.track_features:
            row["track_features"] = self.track_features
        if self.noarch:
            row["noarch"] = self.noarch
        if self.site_packages:
            row["python_site_packages_path"] = self.site_packages
        return row

    def record(self, archive: bytes) -> Json:
        """Give the entry of `repodata.json` for this package in `archive`."""
        row = self.index() | {
            "sha256": hashlib.sha256(archive).hexdigest(),
            "md5": hashlib.md5(archive, usedforsecurity=False).hexdigest(),
            "size": len(archive),
        }
        return row | {"purls": list(self.purls)} if self.purls else row

    def pack(self, level: int = 3) -> bytes:
        """Write the archive; `level` is that of zstd."""
        files = sorted(self.files, key=lambda entry: entry.path)
        info = self._info(files)
        seconds = self.timestamp // 1000
        if self.legacy:
            return bz2.compress(_tar([*info, *files], seconds))
        compress = zstandard.ZstdCompressor(level=level).compress
        return _zip(
            {
                "metadata.json": json.dumps({"conda_pkg_format_version": 2}).encode(),
                f"pkg-{self.stem}.tar.zst": compress(_tar(files, seconds)),
                f"info-{self.stem}.tar.zst": compress(_tar(info, seconds)),
            }
        )

    def _info(self, files: list[Entry]) -> list[Entry]:
        paths = {"paths": [entry.as_path_json() for entry in files], "paths_version": 1}
        tables = {
            "about.json": {"license": self.license, "summary": f"{self.name}, made by the forge"},
            "index.json": self.index(),
            "paths.json": paths,
        }
        if self.noarch == "python":
            link = {"type": "python", "entry_points": list(self.entry_points)}
            tables["link.json"] = {"noarch": link, "package_metadata_version": 1}
        if self.run_exports:
            tables["run_exports.json"] = self.run_exports
        listing = "".join(f"{entry.path}\n" for entry in files)
        info = [text("info/files", listing)]
        info += [text(f"info/{name}", json.dumps(body, indent=1)) for name, body in tables.items()]
        return sorted(info, key=lambda entry: entry.path)


def _tar(entries: list[Entry], mtime: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for entry in entries:
            member = tarfile.TarInfo(entry.path)
            member.mtime = mtime
            member.uname = member.gname = "root"
            member.mode = 0o755 if entry.executable else 0o644
            if entry.link:
                member.type, member.linkname, member.mode = tarfile.SYMTYPE, entry.link, 0o777
            if entry.mode is not None:
                member.mode = entry.mode
            member.size = len(entry.data)
            tar.addfile(member, io.BytesIO(entry.data))
    return buffer.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()
