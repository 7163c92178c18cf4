"""What is locked for one environment, as rows for listings and programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.locked_view import LockedView, look_up
from wisp.api.opened import OpenedWorkspace
from wisp.api.views.requested import listed_name, requested_specs
from wisp.errors import UsageError
from wisp.lock.model import EnvironmentRow, LockFile
from wisp.lock.select import index_of
from wisp.platforms import default_virtual_packages
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord, Record
from wisp.specs.similarity import closest, one_of
from wisp.values import dataclass, fields, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from wisp.specs.records import PackageKind

    SortKey = Literal["name", "size", "kind"]

SORT_KEYS: tuple[SortKey, ...] = ("name", "size", "kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRow:
    """A locked package, its fields in the order and with the names of the JSON output.

    `size_bytes` in bytes, `timestamp` in milliseconds since the epoch. `requested_spec` is what
    the manifest asks for, None where it does not name the package.
    """

    name: str
    version: str | None = None
    build: str | None = None
    build_number: int | None = None
    size_bytes: int | None = None
    kind: PackageKind = "conda"
    source: str | None = None
    license: str | None = None
    license_family: str | None = None
    is_explicit: bool = False
    is_editable: bool = False
    md5: str | None = None
    sha256: str | None = None
    arch: str | None = None
    platform: str | None = None
    subdir: str | None = None
    timestamp: int | None = None
    noarch: str | None = None
    file_name: str | None = None
    url: str | None = None
    index_url: str | None = None
    requested_spec: str | None = None
    constrains: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    track_features: tuple[str, ...] = ()
    run_exports: None = None

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain data; `is_editable` is only told when it is true."""
        row = {one.name: getattr(self, one.name) for one in fields(self)}
        if not self.is_editable:
            del row["is_editable"]
        return row


@dataclass(frozen=True, slots=True)
class PackageList:
    """Rows of packages, and where they are from: environment, platform, state of the prefix.

    `installed_for` is the subdir that the prefix was installed for, None where there is none.
    `locked` counts what there is, `near` are names like the pattern where nothing fits it.
    """

    environment: str
    platform: str
    rows: tuple[PackageRow, ...]
    installed_for: str | None = None
    locked: int = 0
    near: tuple[str, ...] = ()

    def __repr__(self) -> str:
        where = f"{self.environment} on {self.platform}"
        return f"<{type(self).__name__} of {where}: {len(self.rows)} packages>"


def locked_packages(
    workspace: OpenedWorkspace,
    environment: str | None = None,
    platform: str | None = None,
    *,
    pattern: str | None = None,
    explicit: bool = False,
    sort_by: SortKey = "name",
    usage: LockUsage = AS_NEEDED,
) -> PackageList:
    """List what is locked for an environment. Raises what `look_up` and `chosen_rows` raise."""
    view = look_up(workspace, environment, platform, usage)
    rows = _sized(package_rows(view.lock, view.inputs, view.editable), workspace, view)
    chosen = chosen_rows(rows, pattern, explicit=explicit, sort_by=sort_by)
    name, where = view.inputs.environment, view.inputs.platform.name
    known = () if chosen or pattern is None else [row.name for row in rows]
    near = tuple(closest(pattern or "", known, 3))
    return PackageList(name, where, chosen, view.installed_for, len(rows), near)


def _sized(
    rows: tuple[PackageRow, ...], workspace: OpenedWorkspace, view: LockedView
) -> tuple[PackageRow, ...]:
    """Add the sizes of wheels; a lock tells none, so the installed ones are asked."""
    installed = view.installed_for == view.inputs.platform.subdir
    if not installed or not any(row.kind == "pypi" for row in rows):
        return rows
    from wisp.engine.wheels import wheel_sizes

    sizes = wheel_sizes(workspace.prefix(view.inputs.environment))
    return tuple(
        replace(row, size_bytes=sizes.get((normalize(row.name), row.version or "")))
        if row.kind == "pypi"
        else row
        for row in rows
    )


def package_rows(
    lock: LockFile, inputs: EnvironmentInputs, editable: frozenset[str] = frozenset()
) -> tuple[PackageRow, ...]:
    """Return the packages of an environment on a platform, sorted by name.

    `editable` names PyPI packages that are installed in place.
    """
    environment = lock.environments.get(inputs.environment)
    if environment is None:
        return ()
    requested = requested_specs(inputs)
    rows = [
        _row(record, environment, requested, record.name in editable)
        for record in environment.packages.get(inputs.platform.name, ())
    ]
    return tuple(sorted(rows, key=lambda row: row.name))


def record_rows(
    records: Iterable[CondaRecord], requested: Mapping[str, str] | None = None
) -> tuple[PackageRow, ...]:
    """Return conda packages, sorted by name; `requested` are the specs of those asked for."""
    asked = requested or {}
    rows = (_conda_row(record, asked.get(record.name)) for record in records)
    return tuple(sorted(rows, key=lambda row: row.name))


def chosen_rows(
    rows: Sequence[PackageRow],
    pattern: str | None = None,
    *,
    explicit: bool = False,
    sort_by: SortKey = "name",
) -> tuple[PackageRow, ...]:
    """Return the rows whose name a regular expression is found in, in the wanted order.

    Raises `UsageError` for what is no regular expression, or no order.
    """
    found = compiled(pattern).search if pattern is not None else None
    chosen = [
        row
        for row in rows
        if (found is None or found(row.name)) and (row.is_explicit or not explicit)
    ]
    if one_of(sort_by, SORT_KEYS) == "size":
        chosen.sort(key=lambda row: row.size_bytes or 0)
    elif sort_by == "kind":
        chosen.sort(key=lambda row: row.kind)
    return tuple(chosen)


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a name filter. Raises `UsageError` if it is no regular expression."""
    try:
        return re.compile(pattern)
    except re.error as error:
        problem = f"'{pattern}' is not a regular expression: {error}"
        raise UsageError(problem, exit_code=1) from None


def _row(
    record: Record, environment: EnvironmentRow, requested: Mapping[str, str], is_editable: bool
) -> PackageRow:
    if isinstance(record, CondaRecord):
        return _conda_row(record, requested.get(record.name))
    if isinstance(record, CondaSourceRecord):
        return _source_row(record, requested.get(record.name))
    asked = requested.get(listed_name(record.name))
    return _pypi_row(record, environment, asked, is_editable)


def _conda_row(record: CondaRecord, requested: str | None) -> PackageRow:
    platform, arch = platform_and_arch(record.subdir)
    return PackageRow(
        name=record.name,
        version=record.version,
        build=record.build,
        build_number=record.build_number,
        size_bytes=record.size,
        source=record.channel,
        license=record.license,
        license_family=record.license_family,
        is_explicit=requested is not None,
        md5=record.md5,
        sha256=record.sha256,
        arch=arch,
        platform=platform,
        subdir=record.subdir,
        timestamp=record.timestamp,
        noarch=record.noarch,
        file_name=record.file_name or record.location.rpartition("/")[2],
        url=record.location,
        requested_spec=requested,
        constrains=record.constrains,
        depends=record.depends,
        track_features=record.track_features,
    )


def _source_row(record: CondaSourceRecord, requested: str | None) -> PackageRow:
    subdir = record.subdir
    if record.version is None or subdir is None:
        return _partial_row(record, requested)
    platform, arch = platform_and_arch(subdir)
    return PackageRow(
        name=record.name,
        version=record.version,
        build=record.raw.get("build", ""),
        build_number=record.raw.get("build_number"),
        source=record.location,
        license=record.raw.get("license"),
        license_family=record.raw.get("license_family"),
        is_explicit=requested is not None,
        arch=arch,
        platform=platform,
        subdir=subdir,
        noarch=record.raw.get("noarch"),
        url=record.location,
        requested_spec=requested,
        constrains=record.constrains,
        depends=record.depends,
    )


def _partial_row(record: CondaSourceRecord, requested: str | None) -> PackageRow:
    """Make the row of sources whose metadata may change: it tells little."""
    return PackageRow(
        name=record.name,
        source=record.location,
        is_explicit=requested is not None,
        url=record.location,
        requested_spec=requested,
        constrains=record.constrains,
        depends=record.depends,
    )


def _pypi_row(
    record: PypiRecord, environment: EnvironmentRow, requested: str | None, is_editable: bool
) -> PackageRow:
    is_indexed = record.location.startswith(("https://", "http://"))
    index = index_of(record, environment) if is_indexed else None
    return PackageRow(
        name=listed_name(record.name),
        version=record.version,
        kind="pypi",
        source=index or record.location,
        is_explicit=requested is not None,
        is_editable=is_editable,
        md5=record.md5,
        sha256=record.sha256,
        file_name=record.location.rpartition("/")[2] if is_indexed else None,
        url=record.location,
        index_url=index,
        requested_spec=requested,
        depends=record.requires_dist,
    )


def platform_and_arch(subdir: str) -> tuple[str | None, str | None]:
    """Return the operating system and processor of a subdir, Nones for `noarch`."""
    if subdir == "noarch":
        return None, None
    platform, _, arch = subdir.partition("-")
    if arch == "arm64":
        return platform, arch
    archspec = next(
        (one.build for one in default_virtual_packages(subdir) if one.name == "__archspec"), arch
    )
    return platform, archspec
