"""What a manifest asks of PyPI packages: requirements and the options of an index, as values."""

from __future__ import annotations

import re

from wisp.specs.locations import Location, PathLocation
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    IndexStrategy = Literal["first-index", "unsafe-first-match", "unsafe-best-match"]
    PrereleaseMode = Literal[
        "disallow", "allow", "if-necessary", "explicit", "if-necessary-or-explicit"
    ]

INDEX_STRATEGIES: tuple[IndexStrategy, ...] = (
    "first-index",
    "unsafe-first-match",
    "unsafe-best-match",
)
PRERELEASE_MODES: tuple[PrereleaseMode, ...] = (
    "disallow",
    "allow",
    "if-necessary",
    "explicit",
    "if-necessary-or-explicit",
)


def normalize(name: str) -> str:
    """Spell a project name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiSpec:
    """What is asked of one PyPI package.

    `version` is a PEP 440 specifier set, `*` for any; `marker` a PEP 508 marker; `index` the URL
    of the only index it may come from.
    """

    version: str = "*"
    extras: tuple[str, ...] = ()
    marker: str | None = None
    index: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class PypiRequirement:
    """A package name, as written, together with what is asked of it."""

    name: str
    spec: PypiSpec

    @property
    def normalized(self) -> str:
        """The name as PEP 503 compares it."""
        return normalize(self.name)


@dataclass(frozen=True, slots=True)
class FindLinks:
    """A place with loose wheels and archives: a folder or a page, exactly one of them."""

    path: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiOptions:
    """How PyPI packages of an environment are found and built (`[pypi-options]`).

    `no_build`, `no_binary` and `no_build_isolation` are True for all, or the names concerned.
    None means unset, which merging of features must be able to tell from a default.
    """

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[FindLinks, ...] = ()
    no_build: bool | tuple[str, ...] = ()
    no_binary: bool | tuple[str, ...] = ()
    no_build_isolation: bool | tuple[str, ...] = ()
    index_strategy: IndexStrategy | None = None
    prerelease_mode: PrereleaseMode | None = None
    skip_wheel_filename_check: bool | None = None
    dependency_overrides: tuple[PypiRequirement, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of all indexes and lists of files."""
        links = (one.url for one in self.find_links)
        return tuple(filter(None, (self.index_url, *self.extra_index_urls, *links)))


def is_editable(spec: PypiSpec) -> bool:
    """Tell whether the manifest wants a path installed in place."""
    return isinstance(spec.location, PathLocation) and bool(spec.location.editable)
