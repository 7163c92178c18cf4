"""`pack`: a locked environment as one file, for machines without a network."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from wisp import layout
from wisp.api.imaging.staging import Prepared, prepared
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.locking import ensure_lock
from wisp.api.packing.relocatable import write_relocatable
from wisp.engine.files import refusal
from wisp.engine.scratch import scratch_folder
from wisp.errors import UsageError
from wisp.lock.model import LockedEnvironment
from wisp.lock.select import locked_environment
from wisp.pack.archive import TIME, write_pack
from wisp.pack.contents import (
    PackError,
    package_rows,
)
from wisp.pack.fits import require_fitting
from wisp.pack.injected import described
from wisp.platforms import Platform
from wisp.specs.origins import LocalFolder
from wisp.specs.package_names import python_of
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp.api.opened import OpenedWorkspace

    PackForm = Literal["pack", "prefix", "executable"]

_NAMES: Mapping[PackForm, str] = {
    "pack": "environment.tar",
    "prefix": "environment.tar.gz",
    "executable": "environment.sh",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRequest:
    """What to pack, as what, and where to.

    `form` is `pack` (package files, as pixi-pack makes it), `prefix` (the environment itself, for
    any place) or `executable` (the same, with a script that unpacks it). `output` is a file, by
    default `environment.…` in the folder `cwd`. `inject` are package files to add, `cache` a folder
    that keeps downloads, `ignore_sources` leaves PyPI packages out that have no wheel.
    """

    environment: str = layout.DEFAULT_ENVIRONMENT
    platform: str | None = None
    form: PackForm = "pack"
    output: Path | None = None
    cwd: Path = Path()
    inject: tuple[Path, ...] = ()
    cache: Path | None = None
    ignore_sources: bool = False
    usage: LockUsage = AS_NEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedEnvironment:
    """A file that holds an environment: its size in bytes, its SHA-256, and what is in it."""

    path: Path
    form: PackForm
    environment: str
    platform: str
    size: int
    sha256: str
    packages: tuple[Record, ...]

    def package_rows(self) -> list[dict[str, object]]:
        """Return the packages as plain data: name, version, kind."""
        return package_rows(self.packages)


def pack(workspace: OpenedWorkspace, request: PackRequest) -> PackedEnvironment:
    """Pack an environment. The same lock gives the same bytes.

    Raises:
        ManifestError: There is no such environment or platform.
        LockFileError, SolveError: See `wisp.api.locks.locking.ensure_lock`.
        PackError: Injected packages do not fit, or PyPI packages have no wheels.
        FetchError, InstallError, HostError: A package cannot be had, or not be put in.

    """
    lock = ensure_lock(workspace, request.usage)
    platform = _platform(workspace, request)
    if request.form != "pack" and not platform.subdir.startswith("linux-"):
        raise UsageError(
            f"environments for '{platform.subdir}' cannot be moved once they are made",
            hints=["make a pack of package files, which is unpacked on the machine itself"],
        )
    inputs = workspace.inputs(request.environment, platform)
    locked = locked_environment(lock, request.environment, platform.name, workspace.root, inputs)
    locked = _with_injected(_with_wheels_only(workspace, locked, request), request)
    output = request.output or request.cwd / _NAMES[request.form]
    with (
        scratch_folder(output.absolute().parent, f".{output.name}.") as scratch,
        prepared(workspace, locked, scratch, TIME) as wanted,
    ):
        draft = scratch / "draft"
        if request.form == "pack":
            _write_files(workspace, wanted, request, scratch, draft)
        else:
            executable = request.form == "executable"
            write_relocatable(workspace, wanted, scratch, draft, executable=executable)
        size, digest = _put(draft, output)
        packages = wanted.records
    return PackedEnvironment(
        path=output,
        form=request.form,
        environment=request.environment,
        platform=platform.subdir,
        size=size,
        sha256=digest,
        packages=packages,
    )


def _put(draft: Path, output: Path) -> tuple[int, str]:
    """Give a whole file its name; return its size and digest."""
    try:
        with draft.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = draft.stat().st_size
        draft.replace(output)
    except OSError as error:
        raise refusal("write", output, error) from error
    return size, digest


def _platform(workspace: OpenedWorkspace, request: PackRequest) -> Platform:
    if request.platform is None:
        return workspace.best_platform(request.environment, workspace.subdir)
    return workspace.best_platform(request.environment, request.platform)


def _with_wheels_only(
    workspace: OpenedWorkspace, locked: LockedEnvironment, request: PackRequest
) -> LockedEnvironment:
    """Leave out what has no wheel, if that is asked for; folders become wheels later."""
    if not request.ignore_sources:
        return locked
    sources = [
        one
        for one in locked.records
        if isinstance(one, PypiRecord)
        and not one.origin.is_wheel
        and not isinstance(one.origin, LocalFolder)
    ]
    if sources:
        names = ", ".join(sorted(one.name for one in sources))
        workspace.reporter.warn(f"left out, since they have no wheels: {names}")
    kept = tuple(one for one in locked.records if one not in sources)
    return replace(locked, records=kept)


def _with_injected(locked: LockedEnvironment, request: PackRequest) -> LockedEnvironment:
    """Add package files; one takes the place of what is locked under its name."""
    if not request.inject:
        return locked
    python = python_of(locked.records)
    version = python.version if python else None
    paths = [request.cwd / path for path in request.inject]
    injected = [described(path, locked.platform, version) for path in paths]
    keys = {(type(one), one.name) for one in injected}
    if len(keys) < len(injected):
        raise PackError("two of the injected packages have the same name")
    kept = [one for one in locked.records if (type(one), one.name) not in keys]
    records = (*kept, *injected)
    require_fitting(records, injected, locked.platform.subdir)
    return replace(locked, records=records)


def _write_files(
    workspace: OpenedWorkspace, wanted: Prepared, request: PackRequest, scratch: Path, draft: Path
) -> None:
    from wisp.engine.archives import ArchiveStore, fetch_archives
    from wisp.pack.members import members_of

    session = workspace.session
    cache = None if request.cache is None else request.cwd / request.cache
    store = ArchiveStore(folder=scratch / "fetched", root=wanted.locked.root, cache=cache)
    records: tuple[CondaRecord | PypiRecord, ...] = (*wanted.conda, *wanted.pypi)
    archives = fetch_archives(records, store, session.channels, session.http, workspace.reporter)
    if wanted.pypi and "pip" not in {one.name for one in wanted.conda}:
        workspace.reporter.info("without `pip` conda cannot unpack the wheels; wisp can")
    try:
        with draft.open("wb") as file:
            write_pack(file, members_of(archives, wanted.locked.platform.subdir))
    except OSError as error:
        raise refusal("write", draft, error) from error
