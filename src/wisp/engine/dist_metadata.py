"""The requirements of resolved PyPI files: from uv's cache, else from the file or its index."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from wisp.engine.http import HttpClient
from wisp.engine.http_exchange import Bounds
from wisp.engine.index_files import wheels_of
from wisp.engine.local_metadata import (
    NeedsBuild,
    built_metadata,
    core_metadata,
    sdist_metadata,
    static_metadata,
)
from wisp.engine.pylock import PylockFile, PylockPackage
from wisp.engine.ranged import RangedFile
from wisp.engine.uv import Uv
from wisp.engine.uv_cache import UvCache
from wisp.errors import FetchError, WispError
from wisp.specs.metadata import CoreMetadata
from wisp.specs.pypi import normalize
from wisp.specs.url_secrets import shown
from wisp.trust import LARGEST

#: Some servers know no ranges, and some wheels hold whole GPU libraries.
_WHOLE_WHEEL = Bounds(size=4 * 1024**3, seconds=1800)


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

    def read(self, package: PylockPackage, file: PylockFile | None) -> CoreMetadata:
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
            return self._local_file(package, Path(file.location))
        return self._remote_file(package, file)

    def index_wheels(
        self, index: str, package: PylockPackage, before: datetime | None
    ) -> tuple[PylockFile, ...]:
        """Return every wheel that an index has of a package's version, for whatever Python.

        Raises `FetchError` when the index cannot be reached.
        """
        return wheels_of(self._http, index, package.name, package.version or "", before)

    def _folder(self, name: str, folder: Path) -> CoreMetadata:
        found = static_metadata(folder)
        if isinstance(found, CoreMetadata):
            return found
        return self._built(name, folder.as_uri())

    def _checkout(self, package: PylockPackage) -> CoreMetadata:
        assert package.git is not None
        known = self._cache.checkout(package.name, package.git.commit)
        if known:
            return known
        for folder in self._cache.checkout_folders(package.git.commit):
            found = static_metadata(folder / (package.git.subdirectory or ""))
            if isinstance(found, NeedsBuild):
                found = built_metadata(self._uv, found.folder.as_uri(), package.name, self._python)
            if normalize(found.name) == package.name:
                return found
        raise FetchError(f"uv left no checkout of {package.git.url} at {package.git.commit}")

    def _local_file(self, package: PylockPackage, file: Path) -> CoreMetadata:
        if file.suffix == ".whl":
            with file.open("rb") as stream:
                return core_metadata(wheel_metadata(file.name, stream), f"`{file.name}`")
        return self._source_archive(package, file.as_uri())

    def _remote_file(self, package: PylockPackage, file: PylockFile) -> CoreMetadata:
        if file.filename.endswith(".whl"):
            known = self._cache.wheel(package.name, file.filename, file.location)
            return known or self._fetched_wheel(file)
        return self._source_archive(package, file.location)

    def _source_archive(self, package: PylockPackage, url: str) -> CoreMetadata:
        """Read what uv has built, or has only unpacked where the sources say all themselves."""
        name, version = package.name, package.version or ""
        if package.archive:
            known = self._cache.built(name, url)
            unpacked = self._cache.unpacked_archive(url)
        else:
            known = self._cache.sdist(name, version) or self._cache.any_wheel(name, version)
            unpacked = self._cache.unpacked_sdist(name, version)
        found = known or (sdist_metadata(unpacked) if unpacked else None)
        return found or self._built(name, url)

    def _built(self, name: str, url: str) -> CoreMetadata:
        known = self._cache.built(name, url)
        return known or built_metadata(self._uv, url, name, self._python)

    def _fetched_wheel(self, file: PylockFile) -> CoreMetadata:
        text = fetched_metadata(self._http, file.location, file.filename)
        return core_metadata(text, f"`{file.filename}`")


def fetched_metadata(http: HttpClient, url: str, filename: str) -> str:
    """Return the METADATA of a wheel at a URL: what is beside it, else the part that holds it.

    Raises:
        FetchError: It cannot be had.

    """
    parts = urlsplit(url)
    beside = http.get(urlunsplit(parts._replace(path=f"{parts.path}.metadata")))
    if beside.status == 200:
        return beside.body.decode("utf-8", "replace")
    ranged = RangedFile.open(http, url)
    return wheel_metadata(filename, ranged or io.BytesIO(_whole(http, url)))


def _whole(http: HttpClient, url: str) -> bytes:
    response = http.get(url, bounds=_WHOLE_WHEEL)
    if response.status != 200:
        raise FetchError(f"could not fetch `{shown(url)}`", causes=[f"status {response.status}"])
    return response.body


def wheel_metadata(filename: str, stream: io.BufferedIOBase | io.RawIOBase) -> str:
    """Return the METADATA of a wheel. Raises `FetchError` if there is none."""
    try:
        with zipfile.ZipFile(stream) as archive:
            member = next(
                name
                for name in archive.namelist()
                if name.count("/") == 1 and name.endswith(".dist-info/METADATA")
            )
            if archive.getinfo(member).file_size > LARGEST:
                raise ValueError("it is larger than any description")
            return archive.read(member).decode("utf-8")
    except WispError:  # of who fetches its parts
        raise
    except Exception as error:  # each form of compression has its own
        raise FetchError(f"`{filename}` holds no readable metadata") from error
