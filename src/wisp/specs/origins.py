"""Where a locked package comes from, read from its location, and back to text.

| location | origin |
|---|---|
| `https://host/simple/x-1-py3-none-any.whl` | `IndexFile` |
| `direct+https://host/x.zip#subdirectory=y`, `./x-1.tar.gz` | `DirectFile` |
| `git+https://host/x?tag=v1&subdirectory=y#COMMIT` | `GitCheckout` |
| `./x`, `../x`, `/x` | `LocalFolder` |

Records keep their text: it is read without being taken apart, and written as it was.
"""

from __future__ import annotations

import os.path
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from wisp.specs.locations import REF_KINDS, GitLocation
from wisp.specs.urls import is_url, without_credentials
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_GIT = "git+"
_DIRECT = "direct+"
_WHEEL = ".whl"
_SUBDIRECTORY = "subdirectory="
#: How distributions of Python end; a path that ends otherwise is a folder.
_DISTRIBUTION_SUFFIXES = (
    _WHEEL,
    ".zip",
    ".tar",
    ".tgz",
    ".tar.gz",
    ".tar.bz2",
    ".tar.xz",
    ".tar.zst",
)


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file that a channel or an index offers, by its URL."""

    url: str

    @property
    def is_local(self) -> bool:
        """Whether it is a path of this machine: never."""
        return False

    @property
    def file_name(self) -> str:
        """The last part of the path, unquoted."""
        return _file_name(self.url)

    @property
    def is_wheel(self) -> bool:
        """Whether nothing has to be built."""
        return self.file_name.endswith(_WHEEL)

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class DirectFile:
    """An archive that somebody has named: `place` is a URL, or a path relative to the lock.

    `subdirectory` is the folder of the project inside.
    """

    place: str
    subdirectory: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is a path of this machine."""
        return not is_url(self.place)

    @property
    def file_name(self) -> str:
        """The last part of the path, unquoted if it is a URL."""
        return os.path.basename(self.place) if self.is_local else _file_name(self.place)  # noqa: PTH119

    @property
    def is_wheel(self) -> bool:
        """Whether nothing has to be built."""
        return self.file_name.endswith(_WHEEL)

    def path(self, root: Path) -> str:
        """Return the absolute path of a local one; `root` is the folder of the lock."""
        return os.path.normpath(root / self.place)

    def __str__(self) -> str:
        if self.is_local:
            return self.place
        fragment = f"#{_SUBDIRECTORY}{self.subdirectory}" if self.subdirectory else ""
        return f"{_DIRECT}{self.place}{fragment}"


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A project in a folder, relative to the lock."""

    place: str

    @property
    def is_local(self) -> bool:
        """Whether it is a path of this machine: always."""
        return True

    @property
    def is_wheel(self) -> bool:
        """Whether nothing has to be built: never."""
        return False

    def path(self, root: Path) -> str:
        """Return the absolute path; `root` is the folder of the lock."""
        return os.path.normpath(root / self.place)

    def __str__(self) -> str:
        return self.place


@dataclass(frozen=True, slots=True)
class GitCheckout:
    """A commit of a repository, with what was asked for; `commit` is empty if none is told."""

    source: GitLocation
    commit: str

    @property
    def is_local(self) -> bool:
        """Whether it is a path of this machine: never, not even with a `file:` URL."""
        return False

    @property
    def is_wheel(self) -> bool:
        """Whether nothing has to be built: never."""
        return False

    @property
    def has_large_files(self) -> bool:
        """Whether the files of Git LFS belong to it."""
        return bool(self.source.lfs)

    def __str__(self) -> str:
        return f"{git_text(self.source)}#{self.commit}"


Origin = IndexFile | DirectFile | LocalFolder | GitCheckout


@cache
def origin_of(location: str) -> Origin:
    """Tell where a PyPI package, or a conda source package, comes from."""
    if location.startswith(_GIT):
        return _checkout(location.removeprefix(_GIT))
    if location.startswith(_DIRECT):
        url, _, fragment = location.removeprefix(_DIRECT).partition("#")
        return DirectFile(url, _after(fragment, _SUBDIRECTORY))
    if is_url(location):
        return IndexFile(location)
    return LocalFolder(location) if is_folder(location) else DirectFile(location)


def archive_origin(location: str) -> IndexFile | DirectFile:
    """Tell where a built conda package comes from."""
    return IndexFile(location) if is_url(location) else DirectFile(location)


def is_folder(location: str) -> bool:
    """Tell whether a location is a local folder, without taking it apart."""
    return not is_url(location) and not location.endswith(_DISTRIBUTION_SUFFIXES)


def is_wheel(location: str) -> bool:
    """Tell whether a built conda package is a wheel, without taking its location apart.

    Channels list wheels since Pixi 0.84.1.
    """
    return location.endswith(_WHEEL)


def git_text(source: GitLocation) -> str:
    """Spell a repository as locks do, without the commit and without passwords."""
    url = git_url(source.url)
    if url.startswith("http"):
        url = without_credentials(url)
    query = [f"{_SUBDIRECTORY}{source.subdirectory}"] if source.subdirectory else []
    if source.ref_kind and source.ref:
        query.append(f"{source.ref_kind}={source.ref}")
    if source.lfs:
        query.append("lfs=true")
    return f"{_GIT}{url}" + (f"?{'&'.join(query)}" if query else "")


def git_url(url: str) -> str:
    """Spell the place of a repository as a URL (`git@host:path` has none of its own)."""
    scp = re.fullmatch(r"([^/@:]+@[^/:]+):(?!//)(.+)", url)
    return f"ssh://{scp[1]}/{scp[2]}" if scp else url


def _checkout(text: str) -> GitCheckout:
    """Read `URL?key=value#COMMIT`."""
    parts = urlsplit(text)
    query: dict[str, Any] = dict(parse_qsl(parts.query))
    kind = next((kind for kind in REF_KINDS if kind in query), None)
    lfs = query.get("lfs")
    source = GitLocation(
        text.partition("#")[0].partition("?")[0],
        kind,
        query[kind] if kind else None,
        query.get("subdirectory"),
        None if lfs is None else lfs == "true",
    )
    return GitCheckout(source, parts.fragment)


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])


def _after(text: str, prefix: str) -> str | None:
    return text.removeprefix(prefix) if text.startswith(prefix) else None
