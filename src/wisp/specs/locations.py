"""Where something comes from when it does not come from a channel or an index."""

from __future__ import annotations

from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    RefKind = Literal["branch", "tag", "rev"]

REF_KINDS: tuple[RefKind, ...] = ("branch", "tag", "rev")


@dataclass(frozen=True, slots=True)
class GitLocation:
    """A git repository, at a branch, tag or revision, or at its default branch.

    `url` has no `git+` in front and no credentials where it goes into a lock.
    """

    url: str
    ref_kind: RefKind | None = None
    ref: str | None = None
    subdirectory: str | None = None
    lfs: bool | None = None


@dataclass(frozen=True, slots=True)
class PathLocation:
    """A file or folder, spelled as the manifest spells it, relative to the workspace root."""

    path: str
    editable: bool | None = None


@dataclass(frozen=True, slots=True)
class UrlLocation:
    """An archive somewhere on the web."""

    url: str
    md5: str | None = None
    sha256: str | None = None
    subdirectory: str | None = None


Location = GitLocation | PathLocation | UrlLocation

ARCHIVE_SUFFIXES = (".conda", ".tar.bz2")


def is_conda_archive(location: Location) -> bool:
    """Tell whether a location names a built conda package rather than sources."""
    if isinstance(location, GitLocation):
        return False
    text = location.path if isinstance(location, PathLocation) else location.url
    return text.partition("#")[0].endswith(ARCHIVE_SUFFIXES)
