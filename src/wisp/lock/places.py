"""Does a locked location lie where a requirement wants it? URLs, repositories and paths."""

from __future__ import annotations

import os.path
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from wisp.specs.locations import GitLocation, Location, PathLocation, UrlLocation
from wisp.specs.records import CondaSourceRecord

_REF_KINDS = ("branch", "tag", "rev")


def describe(location: Location) -> str:
    """Say what kind of origin a requirement names."""
    if isinstance(location, GitLocation):
        return "a git url"
    return "a path" if isinstance(location, PathLocation) else f"the url {location.url}"


def expectation(wanted: Location, locked: str) -> str:
    """Say what was expected in place of what is locked: a kind of origin, or another repository."""
    if not isinstance(wanted, GitLocation) or parse_git(locked) is None:
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
    return locked.startswith("direct+") and _same_url(wanted, locked.removeprefix("direct+"))


def conda_source_fits(wanted: Location, record: CondaSourceRecord, root: Path) -> bool:
    """Tell whether a locked conda source lies where the manifest says."""
    if isinstance(wanted, UrlLocation):
        return wanted.url.partition("#")[0] == record.location.partition("#")[0]
    return fits(wanted, record.location, root)


def parse_git(locked: str) -> tuple[GitLocation, str] | None:
    """Split `git+URL?key=value#COMMIT`; None where that is not its form."""
    if not locked.startswith("git+") or "#" not in locked:
        return None
    parts = urlsplit(locked.removeprefix("git+"))
    query = dict(parse_qsl(parts.query))
    kind = next((kind for kind in _REF_KINDS if kind in query), None)
    url = urlunsplit(parts._replace(query="", fragment=""))
    lfs = query.get("lfs")
    location = GitLocation(
        url,
        kind,  # type: ignore[arg-type]  # one of the three literals
        query[kind] if kind else None,
        query.get("subdirectory"),
        None if lfs is None else lfs == "true",
    )
    return location, parts.fragment


def _git_fits(wanted: GitLocation, locked: str, *, exact_ref: bool) -> bool:
    parsed = parse_git(locked)
    if parsed is None:
        return False
    location, commit = parsed
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


def without_credentials(url: str) -> str:
    """Drop user and password from a URL."""
    parts = urlsplit(url)
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return urlunsplit(parts._replace(netloc=host))


def _same_url(wanted: UrlLocation, locked: str) -> bool:
    url, _, fragment = locked.partition("#")
    subdirectory = fragment.removeprefix("subdirectory=") or None
    same_folder = wanted.subdirectory in (None, subdirectory)
    return same_folder and without_credentials(wanted.url.partition("#")[0]) == without_credentials(
        url
    )


def _same_path(wanted: str, locked: str, root: Path) -> bool:
    if "://" in locked:
        return False
    return absolute(wanted, root) == absolute(locked, root)


def absolute(path: str, root: Path) -> str:
    """Return a path as an absolute one, lexically, with `~` and percent signs resolved."""
    if path.startswith("file://"):
        path = unquote(urlsplit(path).path)
    return os.path.normpath(os.path.join(root, os.path.expanduser(path)))  # noqa: PTH111,PTH118
