"""Installing environments of a workspace, locking them first where needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wisp import layout
from wisp.api.folders import DETACH, needs_detached, prepare
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.locking import ensure_lock
from wisp.api.prefixes import install_at
from wisp.api.use.conda_list import add_to_list
from wisp.errors import HostError, ManifestError
from wisp.install.apply import (
    EVERYTHING,
    InstallOptions,
    InstallOutcome,
)
from wisp.install.selection import InstallFilter as InstallFilter
from wisp.lock.model import LockFile
from wisp.lock.select import locked_environment
from wisp.platforms import Platform, runnable_subdirs
from wisp.specs.similarity import did_you_mean
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace

#: No filter: the whole environment.
EVERYTHING_CHOSEN = InstallFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallRequest:
    """Which environments to install (the default one unless named, or `every` one), and how."""

    environments: Sequence[str] = ()
    every: bool = False
    platform: str | None = None
    usage: LockUsage = AS_NEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallReport:
    """What was installed where, from which lock.

    `outcomes` are by environment; `detached` is set away from `.pixi`.
    """

    outcomes: Mapping[str, InstallOutcome]
    lock: LockFile
    chosen: InstallFilter = EVERYTHING_CHOSEN
    detached: Path | None = None


def install(
    workspace: OpenedWorkspace, request: InstallRequest, chosen: InstallFilter = EVERYTHING_CHOSEN
) -> InstallReport:
    """Install what is asked for; with `every`, environments that do not fit are warned of.

    Raises:
        ManifestError: An environment is unknown or does not support the platform.
        LockFileError, SolveError: See `wisp.api.locks.locking.ensure_lock`.
        FetchError, InstallError, HostError: See `wisp.install.apply.install_environment`.

    """
    names = _named(workspace, request)
    lock = ensure_lock(workspace, request.usage)
    wanted = _wanted(workspace, lock, request, names, skip_unfit=request.every)
    return install_locked(workspace, lock, wanted, chosen=chosen)


def reinstall(
    workspace: OpenedWorkspace, request: InstallRequest, packages: Sequence[str] = ()
) -> InstallReport:
    """Put the named packages, or all, into place again.

    Raises what `install` raises, and `ManifestError` for a name that none of the environments has.
    """
    chosen = _named(workspace, request)
    lock = ensure_lock(workspace, request.usage)
    wanted = _wanted(workspace, lock, request, chosen, skip_unfit=False)
    _require_packages(workspace, lock, wanted, packages)
    names = frozenset(packages) or EVERYTHING
    return install_locked(workspace, lock, wanted, reinstall=names)


def _named(workspace: OpenedWorkspace, request: InstallRequest) -> tuple[str, ...]:
    """Choose environments. Raises `ManifestError` where no lock could make one fit this machine."""
    if request.every:
        return workspace.environment_names
    names = tuple(dict.fromkeys(request.environments or (layout.DEFAULT_ENVIRONMENT,)))
    runnable = runnable_subdirs(workspace.subdir)
    for name in names:
        fits = any(one.subdir in runnable for one in workspace.platforms(name))
        if request.platform is not None or not fits:
            workspace.best_platform(name, request.platform)
    return names


def _require_packages(
    workspace: OpenedWorkspace,
    lock: LockFile,
    wanted: Mapping[str, Platform],
    packages: Sequence[str],
) -> None:
    known = {
        record.name
        for name, platform in wanted.items()
        for record in locked_environment(lock, name, platform.name, workspace.root).records
    }
    for package in packages:
        if package not in known:
            listed = ", ".join(wanted)
            raise ManifestError(
                f"package '{package}' is not part of environment '{listed}'"
                if len(wanted) == 1
                else f"package '{package}' is in none of the environments {listed}",
                hints=did_you_mean(package, known),
            )


def _wanted(
    workspace: OpenedWorkspace,
    lock: LockFile,
    request: InstallRequest,
    names: Sequence[str],
    *,
    skip_unfit: bool,
) -> dict[str, Platform]:
    """Choose the platform that each environment is installed for."""
    chosen: dict[str, Platform] = {}
    for name in names:
        try:
            chosen[name] = workspace.best_platform(name, request.platform, lock)
        except ManifestError as error:
            if not skip_unfit:
                raise
            workspace.reporter.warn(error.message, error.hints)
    return chosen


def install_locked(
    workspace: OpenedWorkspace,
    lock: LockFile,
    wanted: Mapping[str, Platform],
    *,
    chosen: InstallFilter = EVERYTHING_CHOSEN,
    reinstall: frozenset[str] = frozenset(),
) -> InstallReport:
    """Install environments from a lock that is known to be the right one.

    Who may not write to the workspace at all is told where environments can be kept instead.
    """
    try:
        return _installed(workspace, lock, wanted, chosen, reinstall)
    except HostError as error:
        if needs_detached(workspace.places):
            error.hints = (*error.hints, DETACH)
        raise


def _installed(
    workspace: OpenedWorkspace,
    lock: LockFile,
    wanted: Mapping[str, Platform],
    chosen: InstallFilter,
    reinstall: frozenset[str],
) -> InstallReport:
    prepare(workspace.places, workspace.reporter)
    outcomes: dict[str, InstallOutcome] = {}
    for name, platform in wanted.items():
        with workspace.reporter.during("preparing", name):
            inputs, prefix = workspace.inputs(name, platform), workspace.prefix(name)
            outcomes[name] = install_at(
                workspace.session,
                locked_environment(lock, name, platform.name, workspace.root, inputs),
                prefix,
                InstallOptions(
                    manifest_path=workspace.manifest.path,
                    reinstall=reinstall,
                    filter=chosen,
                    root=workspace.places.root_of(prefix),
                    release=workspace.level.release,
                ),
            )
    add_to_list(workspace, (one.prefix for one in outcomes.values()))
    return InstallReport(
        outcomes=outcomes, lock=lock, chosen=chosen, detached=workspace.places.detached
    )
