"""What a lock file knows of each package: conda records, conda source records, PyPI records.

Field names are those of the lock format (version 7); values are kept as written, so that a
record that is read can be written back unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping

from wisp.specs.origins import DirectFile, IndexFile, Origin, archive_origin, origin_of
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:  # to make it takes longer than all other classes of this module do
    from collections.abc import Sequence
    from typing import Any, Literal, TypedDict

    PackageKind = Literal["conda", "pypi"]

    class SourceEntry(TypedDict, total=False):
        """What the entry of a source package says besides the fields of its record, as written.

        `source` is a table of `url`, `git` or `path` and what goes with them, `source_depends` such
        tables by package.
        """

        build: str
        build_number: int
        noarch: str
        extra_depends: Mapping[str, Sequence[str]]
        features: str
        flags: Sequence[str]
        track_features: str | Sequence[str]
        license: str
        license_family: str
        run_exports: Mapping[str, Sequence[str]]
        size: int
        source: Mapping[str, Any]
        source_depends: Mapping[str, Mapping[str, Any]]
        python_site_packages_path: str

else:
    SourceEntry = dict


@dataclass(frozen=True, slots=True, kw_only=True)
class RunExports:
    """What a package makes others depend on; lists of match specs."""

    weak: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    noarch: tuple[str, ...] = ()
    weak_constrains: tuple[str, ...] = ()
    strong_constrains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaRecord:
    """A built conda package at a URL or path.

    `channel` has no trailing slash and may be None; `purls` is None when nobody has looked,
    empty when the package is known to have no PyPI name; `timestamp` is in milliseconds since
    the epoch; `size` in bytes; hashes are lower-case hex. `indexed_timestamp`, in milliseconds
    too, says when the channel listed the package, and `attestations_sha256` what attests it:
    channels and locks of Pixi 0.84 and later have them, and neither makes another package.
    """

    location: str
    name: str
    version: str
    build: str
    build_number: int
    subdir: str
    noarch: str | None = None
    sha256: str | None = None
    md5: str | None = None
    legacy_bz2_md5: str | None = None
    depends: tuple[str, ...] = ()
    constrains: tuple[str, ...] = ()
    extra_depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    channel: str | None = None
    features: str | None = None
    flags: tuple[str, ...] = ()
    track_features: tuple[str, ...] = ()
    file_name: str | None = None
    license: str | None = None
    license_family: str | None = None
    purls: tuple[str, ...] | None = None
    run_exports: RunExports | None = None
    size: int | None = None
    legacy_bz2_size: int | None = None
    timestamp: int | None = None
    python_site_packages_path: str | None = None
    attestations_sha256: str | None = field(default=None, compare=False)
    indexed_timestamp: int | None = field(default=None, compare=False)
    #: Straight from a channel rather than from a lock: then `conda-meta` says neither `arch`
    #: nor `platform` of it, as in Pixi's prefixes. No part of the record's identity.
    fresh: bool = field(default=False, compare=False)

    @property
    def origin(self) -> IndexFile | DirectFile:
        """Where the archive comes from."""
        return archive_origin(self.location)

    @property
    def published(self) -> int | None:
        """When it could first be had, as far as is known: in milliseconds since the epoch."""
        return self.timestamp if self.indexed_timestamp is None else self.indexed_timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaSourceRecord:
    """A conda package that is built from sources (`conda_source:`).

    `identifier` is the whole selector, `NAME[HASH] @ LOCATION`. `raw` keeps the other keys of
    the entry in the lock's order: they are judged by build back-ends, and wisp only carries what
    it does not judge.
    """

    identifier: str
    name: str
    hash: str
    location: str
    version: str | None = None
    subdir: str | None = None
    depends: tuple[str, ...] = ()
    constrains: tuple[str, ...] = ()
    purls: tuple[str, ...] | None = None
    variants: Mapping[str, Any] = field(default_factory=dict)
    build_packages: tuple[tuple[str, str], ...] = ()
    host_packages: tuple[tuple[str, str], ...] = ()
    raw: SourceEntry = field(default_factory=SourceEntry)

    @property
    def origin(self) -> Origin:
        """Where the sources are."""
        return origin_of(self.location)

    @property
    def extra_depends(self) -> Mapping[str, Sequence[str]]:
        """What each extra depends on besides."""
        return self.raw.get("extra_depends") or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiRecord:
    """A PyPI package: a file of an index, a direct URL, a git checkout, or a local folder.

    `location` is spelled as the lock spells it (`https://…`, `direct+…`, `git+…#commit`, `./x`).
    A folder has no `version`. `index` is None where the lock omits it.
    """

    location: str
    name: str
    version: str | None = None
    md5: str | None = None
    sha256: str | None = None
    index: str | None = None
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    build_packages: tuple[tuple[str, str], ...] = ()
    host_packages: tuple[tuple[str, str], ...] = ()

    @property
    def origin(self) -> Origin:
        """Where the package comes from."""
        return origin_of(self.location)


LockedConda = CondaRecord | CondaSourceRecord
Record = LockedConda | PypiRecord


def package_kind(record: Record) -> PackageKind:
    """Return the world that a locked package is of."""
    return "pypi" if isinstance(record, PypiRecord) else "conda"
