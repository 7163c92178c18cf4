"""Files of a prefix that tell about this machine, or hold a secret, as they may leave it.

`conda-meta` remembers where a package came from, credentials included, and where its unpacked
files lie on this disk. `direct_url.json` remembers the same of wheels that came from no index.
What uv notes beside a wheel it has built (`uv_cache.json`, `uv_build.json`) concerns its cache.

Sources: CEP 34 draft and rattler's `PrefixRecord`; PEP 610; PEP 376 for RECORD.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from wisp.foreign import json_data
from wisp.patterns import pattern
from wisp.specs.url_secrets import handed_on, of_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TOKEN = pattern(r"/t/[^/]+/")
_HOST_ONLY = ("extracted_package_dir", "package_tarball_full_path")
#: Files beside a wheel's METADATA that stay here.
DROPPED = frozenset({"uv_cache.json", "uv_build.json"})
DIRECT_URL = "direct_url.json"
RECORD = "RECORD"


def clean_url(url: str) -> str:
    """Return a URL without credentials, neither `user:password@`, `/t/TOKEN/` nor a query."""
    url = handed_on(url)
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        return _TOKEN.sub("/", url) if parts.scheme else url
    host = parts.netloc.rpartition("@")[2]
    path = _TOKEN.sub("/", parts.path)
    return urlunsplit((parts.scheme, host, path, "", parts.fragment))


def clean_text(text: str) -> str:
    """Return a text in which no URL has credentials, such as a manifest with its channels."""
    return of_urls(_without_user, text)


def _without_user(url: str) -> str:
    """Return a URL without credentials, the user of one that needs no password among them."""
    scheme, sign, rest = handed_on(url).partition("://")
    authority, slash, tail = rest.partition("/")
    return f"{scheme}{sign}{authority.rpartition('@')[2]}{slash}{tail}"


def clean_conda_record(content: bytes) -> bytes:
    """Return a record of `conda-meta` that says nothing of this machine and no secret."""
    record = json_data(content)
    for key in _HOST_ONLY:
        record.pop(key, None)
    if isinstance(record.get("link"), dict):
        record["link"] = {"source": "", "type": 1}
    for key in ("url", "channel"):
        if isinstance(record.get(key), str):
            record[key] = clean_url(record[key])
    return json.dumps(record, indent=2, ensure_ascii=False).encode()


def clean_direct_url(content: bytes) -> bytes | None:
    """Return the origin of a wheel without credentials; None if it is a place on this machine."""
    origin: dict[str, Any] = json_data(content)
    url = origin.get("url")
    if not isinstance(url, str) or url.startswith("file:"):
        return None
    cleaned = clean_url(url)
    if cleaned == url:
        return content
    return json.dumps({**origin, "url": cleaned}).encode()


def clean_wheel_record(content: bytes, changed: Mapping[str, bytes | None]) -> bytes:
    """Return a RECORD that is right again after files of its dist-info changed or left (None).

    `changed` is by the path that RECORD has for a file.
    """
    rows: list[list[str]] = []
    for row in csv.reader(content.decode("utf-8", "surrogateescape").splitlines()):
        if not row or row[0] not in changed:
            rows.append(row)
            continue
        now = changed[row[0]]
        if now is not None:
            rows.append([row[0], f"sha256={_digest(now)}", str(len(now))])
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(row for row in rows if row)
    return buffer.getvalue().encode("utf-8", "surrogateescape")


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
