"""The requirements of resolved PyPI files: from uv's cache, else from the file or its index."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

from wisp.engine.http import HttpClient
from wisp.engine.local_metadata import (
    LocalMetadata,
    NeedsBuild,
    built_metadata,
    core_metadata,
    static_metadata,
)
from wisp.engine.pylock import PylockFile, PylockPackage
from wisp.engine.ranged import RangedFile
from wisp.engine.uv import Uv
from wisp.engine.uv_cache import DistMetadata, UvCache
from wisp.errors import FetchError
from wisp.specs.pypi import normalize


class MetadataReader:
    """Finds name, version and requirements of what uv chose, as cheaply as possible.

    uv has just read all of it, so its cache nearly always answers. Where the cache does not
    (another layout, a wheel that uv read another way) the index does: metadata beside the file
    (PEP 658), or the part of the archive that holds it.
    """

    def __init__(self, uv: Uv, http: HttpClient, python: Path) -> None:
        self._uv = uv
        self._cache = UvCache(uv.cache_dir)
        self._http = http
        self._python = python

    def read(self, package: PylockPackage, file: PylockFile | None) -> DistMetadata:
        """Return the metadata of a package, of which `file` was chosen (None: sources).

        Raises `FetchError` when it cannot be had.
        """
        if package.directory:
            return self._folder(package.name, package.directory)
        if package.git:
            return self._checkout(package)
        if file is None:
            raise FetchError(f"{package.name} has neither a file nor sources")
        if "://" not in file.location:
            return self._local_file(package.name, Path(file.location))
        return self._remote_file(package, file)

    def _folder(self, name: str, folder: Path) -> DistMetadata:
        found = static_metadata(folder)
        if isinstance(found, LocalMetadata):
            return _plain(found)
        known = self._cache.built(name, folder.as_uri())
        return known or _plain(built_metadata(self._uv, folder, name, self._python))

    def _checkout(self, package: PylockPackage) -> DistMetadata:
        assert package.git is not None
        known = self._cache.checkout(package.name, package.git.commit)
        if known:
            return known
        for folder in self._cache.checkout_folders(package.git.commit):
            found = static_metadata(folder / (package.git.subdirectory or ""))
            if isinstance(found, NeedsBuild):
                found = built_metadata(self._uv, found.folder, package.name, self._python)
            if normalize(found.name) == package.name:
                return _plain(found)
        raise FetchError(f"uv left no checkout of {package.git.url} at {package.git.commit}")

    def _local_file(self, name: str, file: Path) -> DistMetadata:
        known = self._cache.built(name, file.as_uri())
        if known:
            return known
        with file.open("rb") as stream:
            return _plain(core_metadata(_text_in(file.name, stream)))

    def _remote_file(self, package: PylockPackage, file: PylockFile) -> DistMetadata:
        name, version = package.name, package.version or ""
        if file.filename.endswith(".whl"):
            known = self._cache.wheel(name, file.filename, file.location)
            return known or _plain(core_metadata(self._fetched(file)))
        known = self._cache.built(name, file.location) if package.archive else None
        known = known or self._cache.sdist(name, version) or self._cache.any_wheel(name, version)
        if known:
            return known
        folder = self._cache.unpacked_sdist(name, version)
        if folder:
            return _plain(_unpacked(folder))
        return _plain(core_metadata(self._fetched(file)))

    def _fetched(self, file: PylockFile) -> str:
        beside = self._http.get(f"{file.location}.metadata")
        if beside.status == 200 and file.filename.endswith(".whl"):
            return beside.body.decode("utf-8")
        if not file.filename.endswith(".whl"):
            return _text_in(file.filename, io.BytesIO(self._whole(file.location)))
        ranged = RangedFile.open(self._http, file.location)
        return _text_in(file.filename, ranged or io.BytesIO(self._whole(file.location)))

    def _whole(self, url: str) -> bytes:
        response = self._http.get(url)
        if response.status != 200:
            raise FetchError(f"could not fetch `{url}`", causes=[f"status {response.status}"])
        return response.body


def _unpacked(folder: Path) -> LocalMetadata:
    """Read an unpacked source distribution: what its author wrote, else what was packed with it."""
    found = static_metadata(folder)
    if isinstance(found, LocalMetadata):
        return found
    try:
        return core_metadata((folder / "PKG-INFO").read_text(encoding="utf-8"))
    except OSError as error:
        raise FetchError(f"`{folder}` holds no metadata", causes=[str(error)]) from error


def _text_in(filename: str, stream: io.BufferedIOBase | io.RawIOBase | io.BytesIO) -> str:
    """Read `METADATA` out of a wheel or `PKG-INFO` out of a source archive."""
    try:
        if filename.endswith((".whl", ".zip")):
            return _zip_text(filename, stream)
        with tarfile.open(fileobj=stream, mode="r:*") as archive:
            member = next(m for m in archive if _is_pkg_info(m.name))
            content = archive.extractfile(member)
            assert content is not None
            return content.read().decode("utf-8")
    except (StopIteration, tarfile.TarError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise FetchError(f"`{filename}` holds no readable metadata") from error


def _zip_text(filename: str, stream: io.BufferedIOBase | io.RawIOBase | io.BytesIO) -> str:
    with zipfile.ZipFile(stream) as archive:
        wheel = filename.endswith(".whl")
        member = next(
            name
            for name in archive.namelist()
            if (wheel and name.count("/") == 1 and name.endswith(".dist-info/METADATA"))
            or (not wheel and _is_pkg_info(name))
        )
        return archive.read(member).decode("utf-8")


def _is_pkg_info(name: str) -> bool:
    return name.count("/") == 1 and name.endswith("/PKG-INFO")


def _plain(found: LocalMetadata) -> DistMetadata:
    return DistMetadata(found.name, found.version or "", found.requires_dist, found.requires_python)
