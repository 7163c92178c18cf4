"""`pylock.toml`: what uv answers when it resolves, and what it reads when it installs.

Only the part that uv writes is read, into values whose locations are absolute.

Source: PEP 751.
"""

from __future__ import annotations

import os.path
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from wisp.errors import SolveError
from wisp.foreign import toml_data
from wisp.printable import toml_string
from wisp.specs.origins import DirectFile, GitCheckout, IndexFile
from wisp.specs.records import PypiRecord
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True)
class PylockFile:
    """A wheel or a source archive: file name, where it is (URL or absolute path), digests."""

    filename: str
    location: str
    hashes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PylockGit:
    """A checkout of a repository: commit, what was asked for, and the folder inside."""

    url: str
    commit: str
    requested: str | None = None
    subdirectory: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PylockPackage:
    """One resolved package.

    A file of an index has `wheels`, `sdist` or both; a direct URL or local file `archive`; a
    checkout `git`; a folder `directory` (absolute). `index` is set when uv names it.
    """

    name: str
    version: str | None = None
    index: str | None = None
    wheels: tuple[PylockFile, ...] = ()
    sdist: PylockFile | None = None
    archive: PylockFile | None = None
    archive_subdirectory: str | None = None
    git: PylockGit | None = None
    directory: Path | None = None


def parse_pylock(text: str, base: Path) -> tuple[PylockPackage, ...]:
    """Read a lock that uv wrote; `base` is the folder that relative paths refer to.

    Raises:
        SolveError: It is none; what stands in it comes from indexes and archives.

    """
    try:
        return tuple(_package(row, base) for row in toml_data(text).get("packages", ()))
    except Exception as error:  # whatever a stranger's text leads to is no fault of the program
        raise SolveError("the answer of uv cannot be read", causes=[str(error)]) from error


def _package(row: Mapping[str, Any], base: Path) -> PylockPackage:
    archive = row.get("archive")
    directory = row.get("directory")
    return PylockPackage(
        name=row["name"],
        version=row.get("version"),
        index=row.get("index"),
        wheels=tuple(_file(wheel, base) for wheel in row.get("wheels", ())),
        sdist=_file(row["sdist"], base) if "sdist" in row else None,
        archive=_file(archive, base) if archive else None,
        archive_subdirectory=archive.get("subdirectory") if archive else None,
        git=_git(row["vcs"]) if "vcs" in row else None,
        directory=_absolute(_joined(directory), base) if directory else None,
    )


def _file(row: Mapping[str, Any], base: Path) -> PylockFile:
    location = row.get("url") or str(_absolute(row["path"], base))
    if location.startswith("file:"):
        location = url2pathname(urlsplit(location).path)
    path = urlsplit(location).path if "url" in row else location
    filename = row.get("name") or unquote(path.rpartition("/")[2])
    return PylockFile(filename, location, dict(row.get("hashes", {})))


def _git(row: Mapping[str, Any]) -> PylockGit:
    return PylockGit(
        row.get("url") or row["path"],
        row["commit-id"],
        row.get("requested-revision"),
        row.get("subdirectory"),
    )


def _joined(row: Mapping[str, Any]) -> str:
    subdirectory = row.get("subdirectory")
    return f"{row['path']}/{subdirectory}" if subdirectory else str(row["path"])


def _absolute(path: str, base: Path) -> Path:
    # uv writes paths relative to the folder of its answer, which will be gone when they are used.
    return Path(os.path.normpath(base / path))


def preferences(records: Iterable[PypiRecord]) -> str:
    """Write a lock whose versions, and git commits, uv shall keep where it may.

    There must be a record, and each must have a version.
    """
    rows = ['lock-version = "1.0"', 'created-by = "wisp"']
    for record in records:
        rows += ["", "[[packages]]", f"name = {toml_string(record.name)}"]
        rows.append(f"version = {toml_string(record.version or '')}")
        if isinstance(record.origin, GitCheckout):
            rows.append(f"vcs = {_table(_git_fields(record.origin))}")
    return "\n".join(rows) + "\n"


def install_lock(records: Iterable[PypiRecord], root: Path, editable: Collection[str]) -> str:
    """Write the lock that uv installs from: exactly these records, folders of `editable` in place.

    Relative locations refer to `root`.
    """
    rows = ['lock-version = "1.0"', 'created-by = "wisp"']
    for record in records:
        rows += ["", "[[packages]]", f"name = {toml_string(record.name)}"]
        if record.version:
            rows.append(f"version = {toml_string(record.version)}")
        rows.append(_source_row(record, root, record.name in editable))
    return "\n".join(rows) + "\n"


def _source_row(record: PypiRecord, root: Path, editable: bool) -> str:
    origin = record.origin
    if isinstance(origin, GitCheckout):
        return f"vcs = {_table(_git_fields(origin))}"
    if isinstance(origin, IndexFile):
        table = _table({"url": origin.url}, record)
        return f"wheels = [{table}]" if origin.is_wheel else f"sdist = {table}"
    if not origin.is_local:
        fields = {"url": origin.place}
        if isinstance(origin, DirectFile) and origin.subdirectory:
            fields["subdirectory"] = origin.subdirectory
        return f"archive = {_table(fields, record)}"
    path = origin.path(root)
    if record.version:
        return f"archive = {_table({'path': path}, record)}"
    return f"directory = {{ path = {toml_string(path)}, editable = {str(editable).lower()} }}"


def _git_fields(origin: GitCheckout) -> dict[str, str]:
    source = origin.source
    fields = {"type": "git", "url": source.url, "commit-id": origin.commit}
    if source.ref:
        fields["requested-revision"] = source.ref
    if source.subdirectory:
        fields["subdirectory"] = source.subdirectory
    return fields


def _table(fields: Mapping[str, str], record: PypiRecord | None = None) -> str:
    parts = [f"{key} = {toml_string(value)}" for key, value in fields.items()]
    if record:
        digests = {"sha256": record.sha256, "md5": record.md5}
        known = [f"{kind} = {toml_string(value)}" for kind, value in digests.items() if value]
        parts.append(f"hashes = {{ {', '.join(known)} }}")
    return "{ " + ", ".join(parts) + " }"
