"""Keys that say where something comes from: `path`, `url`, `git` with its reference."""

from __future__ import annotations

from urllib.parse import urlsplit

from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_text
from wisp.patterns import pattern
from wisp.specs.locations import (
    ARCHIVE_SUFFIXES,
    REF_KINDS,
    GitLocation,
    Location,
    PathLocation,
    UrlLocation,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.specs.locations import RefKind

_KINDS = ("url", "path", "git")
_SCP = pattern(r"[\w.-]+@[\w.-]+:.+")


def is_absolute_url(text: str) -> bool:
    """Tell whether a text is an absolute URL."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme) and (bool(parts.netloc) or parts.scheme == "file")


def as_url(value: object, path: ValuePath) -> str:
    """Take a value as an absolute URL."""
    text = as_text(value, path)
    if not is_absolute_url(text):
        raise Fault(f"'{text}' is not a valid URL: a scheme and a host are needed", path)
    return text


def looks_like_location(text: str) -> bool:
    """Tell whether a text that should be a version is a path, URL or git address instead."""
    return (
        text.startswith(("./", "../", "/", "~/", ".\\", "..\\", "git+"))
        or "://" in text
        or text.endswith((*ARCHIVE_SUFFIXES, ".git"))
    )


def read_location(table: Table) -> Location | None:
    """Read where a conda package comes from; digests of a URL are read elsewhere too."""
    given = [kind for kind in _KINDS if kind in table]
    url = table.read("url", as_url)
    path = table.text("path")
    git = table.read("git", _as_git_url)
    kind, ref, subdirectory, large_files = _read_git_details(table)
    if len(given) > 1:
        raise table.fault("only one of `url`, `path`, or `git` can be specified")
    if git is not None:
        return GitLocation(git, kind, ref, subdirectory, large_files)
    for key in (*REF_KINDS, "lfs"):
        if key in table:
            raise table.fault(f"`{key}` is only valid when `git` is specified")
    if url is not None:
        return UrlLocation(url, table.text("md5"), table.text("sha256"), subdirectory)
    if subdirectory is not None:
        raise table.fault("`subdirectory` is only valid when `git` or `url` is specified")
    return PathLocation(path) if path is not None else None


def _as_git_url(value: object, path: ValuePath) -> str:
    text = as_text(value, path).removeprefix("git+")
    if not is_absolute_url(text) and not _SCP.fullmatch(text):
        raise Fault(f"'{text}' is not a valid git URL", path)
    return text


def _read_git_details(
    table: Table,
) -> tuple[RefKind | None, str | None, str | None, bool | None]:
    refs = [(kind, text) for kind in REF_KINDS if (text := table.text(kind)) is not None]
    subdirectory = table.text("subdirectory")
    large_files = table.flag("lfs")
    if len(refs) > 1:
        named = " or ".join(f"`{kind}`" for kind, _ in refs)
        hint = f"keep {named}: a commit (`rev`) never changes, a tag or a branch may move"
        raise table.fault("only one of `branch`, `tag`, or `rev` can be specified", hints=(hint,))
    kind, ref = refs[0] if refs else (None, None)
    return kind, ref, subdirectory, large_files


def read_git(table: Table) -> GitLocation | None:
    """Read `git` and what belongs to it."""
    git = table.read("git", _as_git_url)
    kind, ref, subdirectory, large_files = _read_git_details(table)
    return None if git is None else GitLocation(git, kind, ref, subdirectory, large_files)
