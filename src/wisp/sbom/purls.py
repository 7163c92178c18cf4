"""Package URLs of locked packages: by which all tools of the supply chain know them.

Sources: ECMA-427 (Package-URL); its type definitions `conda` (build, channel, subdir, type) and
`pypi`; its qualifiers `repository_url`, `download_url`, `vcs_url`, `file_name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from wisp.image.scrub import clean_url
from wisp.layout import DEFAULT_INDEX
from wisp.specs.origins import DirectFile, GitCheckout, IndexFile
from wisp.specs.records import CondaRecord, LockedConda, PypiRecord, Record
from wisp.specs.urls import is_url

#: Whose channels are known by their names alone.
_PUBLIC_CHANNELS = "conda.anaconda.org"
#: What stands for itself besides letters, digits and `.-_~`, in qualifiers also the slash.
_PLAIN = ":"


def purl_of(record: Record) -> str:
    """Return the package URL of a locked package; no credential is in it."""
    if isinstance(record, PypiRecord):
        return _purl("pypi", record.name, record.version, _pypi_qualifiers(record))
    return _purl("conda", record.name, record.version, _conda_qualifiers(record))


def _purl(kind: str, name: str, version: str | None, qualifiers: Mapping[str, str | None]) -> str:
    at = f"@{_quoted(version)}" if version else ""
    pairs = "&".join(
        f"{key}={quote(text, safe='/:')}" for key, text in sorted(qualifiers.items()) if text
    )
    return f"pkg:{kind}/{_quoted(name)}{at}" + (f"?{pairs}" if pairs else "")


def _quoted(text: str) -> str:
    return quote(text, safe=_PLAIN)


def _conda_qualifiers(record: LockedConda) -> dict[str, str | None]:
    if not isinstance(record, CondaRecord):
        return {"subdir": record.subdir}
    file = record.origin.file_name
    return {
        "build": record.build,
        "channel": _channel(record.channel) if record.channel else None,
        "subdir": record.subdir,
        "type": "tar.bz2" if file.endswith(".tar.bz2") else "conda",
    }


def _channel(url: str) -> str | None:
    """Name a channel; those of others by their address, those of this machine not at all."""
    parts = urlsplit(clean_url(url))
    if parts.scheme == "file" or (is_url(url) and not parts.netloc):
        return None
    if parts.netloc in ("", _PUBLIC_CHANNELS):
        return parts.path.strip("/")
    return clean_url(url).rstrip("/")


def _pypi_qualifiers(record: PypiRecord) -> dict[str, str | None]:
    match record.origin:
        case IndexFile() as file:
            index = record.index or DEFAULT_INDEX
            other = None if index == DEFAULT_INDEX else clean_url(index)
            return {"file_name": file.file_name, "repository_url": other}
        case DirectFile(is_local=False) as file:
            return {"download_url": clean_url(file.place)}
        case GitCheckout() as checkout:
            return {"vcs_url": _commit(checkout)}
        case _:
            return {}


def location_of(record: Record) -> str | None:
    """Return where a package can be had, without credentials; None for a place on this machine."""
    match record.origin:
        case IndexFile(url):
            return clean_url(url)
        case DirectFile(is_local=False) as file:
            return clean_url(file.place)
        case GitCheckout() as checkout:
            return _commit(checkout)
        case _:
            return None


def _commit(checkout: GitCheckout) -> str:
    """Spell a commit as both formats of bills do (SPDX 2.3, 7.7): `git+URL@COMMIT`."""
    url = clean_url(checkout.source.url.removeprefix("git+"))
    return f"git+{url}@{checkout.commit}" if checkout.commit else f"git+{url}"
