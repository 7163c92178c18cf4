"""Does a locked location lie where a requirement wants it? URLs, repositories and paths."""

from __future__ import annotations

import os.path
from pathlib import Path
from urllib.parse import unquote, urlsplit

from wisp.specs.locations import GitLocation, Location, PathLocation, UrlLocation
from wisp.specs.origins import DirectFile, GitCheckout, origin_of
from wisp.specs.records import CondaSourceRecord
from wisp.specs.urls import is_url, without_credentials


def describe(location: Location) -> str:
    """Say what kind of origin a requirement names."""
    if isinstance(location, GitLocation):
        return "a git url"
    return "a path" if isinstance(location, PathLocation) else f"the url {location.url}"


def expectation(wanted: Location, locked: str) -> str:
    """Say what was expected in place of what is locked: a kind of origin, or another repository."""
    if not isinstance(wanted, GitLocation) or _checkout(locked) is None:
        return describe(wanted)
    ref = f" at {wanted.ref_kind} {wanted.ref}" if wanted.ref else " at its default branch"
    return f"{wanted.url}{ref}"


def fits(wanted: Location, locked: str, root: Path, *, exact_ref: bool = True) -> bool:
    """Tell whether what is locked comes from where the requirement says.

    `exact_ref` is false for requirements in metadata, where a ref does not tell its kind, and
    for old locks, which do not keep every ref.
    """
    if isinstance(wanted, GitLocation):
        return _git_fits(wanted, locked, exact_ref=exact_ref)
    if isinstance(wanted, PathLocation):
        return _same_path(wanted.path, locked, root)
    origin = origin_of(locked)
    return isinstance(origin, DirectFile) and not origin.is_local and _same_url(wanted, origin)


def conda_source_fits(wanted: Location, record: CondaSourceRecord, root: Path) -> bool:
    """Tell whether a locked conda source lies where the manifest says."""
    if isinstance(wanted, UrlLocation):
        return wanted.url.partition("#")[0] == record.location.partition("#")[0]
    return fits(wanted, record.location, root)


def _checkout(locked: str) -> GitCheckout | None:
    """Read the origin as a checkout; None where it is none, or has no commit."""
    origin = origin_of(locked)
    return origin if isinstance(origin, GitCheckout) and origin.commit else None


def _git_fits(wanted: GitLocation, locked: str, *, exact_ref: bool) -> bool:
    checkout = _checkout(locked)
    if checkout is None:
        return False
    location, commit = checkout.source, checkout.commit
    if repository(wanted.url) != repository(location.url):
        return False
    if (wanted.subdirectory or "").strip("/") != (location.subdirectory or "").strip("/"):
        return False
    if exact_ref:
        same_lfs = bool(wanted.lfs) == bool(location.lfs)
        return same_lfs and (wanted.ref_kind, wanted.ref) == (location.ref_kind, location.ref)
    if wanted.ref is None or location.ref is None:
        return True
    return wanted.ref == location.ref or commit.startswith(wanted.ref)


def repository(url: str) -> str:
    """Spell a repository's URL in one way: no credentials, no `.git`, host in lower case."""
    parts = urlsplit(url.removeprefix("git+"))
    host = (parts.hostname or "").lower() + (f":{parts.port}" if parts.port else "")
    path = parts.path.rstrip("/").removesuffix(".git")
    return f"{host}{path.lower() if host == 'github.com' else path}"


def _same_url(wanted: UrlLocation, locked: DirectFile) -> bool:
    if wanted.subdirectory not in (None, locked.subdirectory):
        return False
    return without_credentials(wanted.url.partition("#")[0]) == without_credentials(locked.place)


def _same_path(wanted: str, locked: str, root: Path) -> bool:
    if is_url(locked):
        return False
    return absolute(wanted, root) == absolute(locked, root)


def absolute(path: str, root: Path) -> str:
    """Return a path as an absolute one, lexically, with `~` and percent signs resolved."""
    if path.startswith("file://"):
        path = unquote(urlsplit(path).path)
    return os.path.normpath(os.path.join(root, os.path.expanduser(path)))  # noqa: PTH111,PTH118
