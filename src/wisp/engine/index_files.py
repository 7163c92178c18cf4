"""What an index has of a project: its versions, and all files of one, whatever Python they are for.

uv lists only the wheels that fit the Python it resolves for, and it cannot be told to resolve for
a free-threaded one. For such a Python the wheels are looked up here.

Source: PEP 691 (JSON form of the simple API), PEP 700 (upload times).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from packaging.utils import (
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from wisp.engine.http import HttpClient
from wisp.engine.pylock import PylockFile
from wisp.errors import FetchError
from wisp.foreign import json_object
from wisp.specs.url_secrets import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}


def wheels_of(
    http: HttpClient, index: str, name: str, version: str, before: datetime | None = None
) -> tuple[PylockFile, ...]:
    """Return the wheels of a version (`name` normalised) that were uploaded before a moment.

    Empty where the index has no JSON to answer with. Raises `FetchError` when it cannot be
    reached.
    """
    page = f"{index.rstrip('/')}/{name}/"
    rows = _usable(_files(http, page), before)
    return tuple(
        PylockFile(row["filename"], urljoin(page, row["url"]), row.get("hashes") or {})
        for row in rows
        if _is_wheel_of(row["filename"], version)
    )


def newest_version(
    http: HttpClient, index: str, name: str, *, prereleases: bool = False
) -> str | None:
    """Return the newest release of a project (`name` normalised) that is not yanked.

    A pre-release counts where it is asked for, or there is nothing else. None where the index
    does not have the project, or no JSON to answer with. Raises `FetchError` when it cannot be
    reached.
    """
    rows = _usable(_files(http, f"{index.rstrip('/')}/{name}/"), None)
    found = {version for row in rows if (version := _version_of(str(row["filename"])))}
    releases = [version for version in found if prereleases or not version.is_prerelease]
    return str(max(releases or found)) if found else None


def _files(http: HttpClient, page: str) -> Sequence[Mapping[str, Any]]:
    response = http.get(page, _JSON)
    if response.status != 200 or "json" not in response.headers.get("content-type", ""):
        return ()
    try:
        rows = json_object(response.body).get("files") or []
        if not isinstance(rows, list) or not all(map(_is_file, rows)):
            raise ValueError("`files` is no list of files")
        return rows
    except ValueError as error:
        raise FetchError(f"`{shown(page)}` is no page of an index", causes=[str(error)]) from error


def _is_file(row: object) -> bool:
    """Tell whether a row has what is asked of it, in the form that the standard says."""
    if not isinstance(row, dict) or not isinstance(row.get("hashes") or {}, dict):
        return False
    texts = (row.get("filename"), row.get("url"), *(row.get("hashes") or {}).values())
    return all(isinstance(text, str) for text in texts) and _is_address(row["url"])


def _is_address(url: str) -> bool:
    try:
        return bool(urlsplit(url))
    except ValueError:
        return False


def _version_of(filename: str) -> Version | None:
    try:
        if filename.endswith(".whl"):
            return parse_wheel_filename(filename)[1]
        return parse_sdist_filename(filename)[1]
    except ValueError:  # no such name, or a number of thousands of digits
        return None


def _usable(
    rows: Iterable[Mapping[str, Any]], before: datetime | None
) -> Iterable[Mapping[str, Any]]:
    for row in rows:
        if not row.get("yanked") and (before is None or _uploaded_before(row, before)):
            yield row


def _uploaded_before(row: Mapping[str, Any], moment: datetime) -> bool:
    """Tell whether a file is old enough; one of unknown age is not, as for uv."""
    try:
        return datetime.fromisoformat(str(row.get("upload-time"))) < moment
    except (ValueError, TypeError):  # no time, or one of no zone
        return False


def _is_wheel_of(filename: str, version: str) -> bool:
    try:
        return parse_wheel_filename(filename)[1] == Version(version)
    except ValueError:  # likewise
        return False
