"""One environment as the lock has it, for commands that look and change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wisp import layout
from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.lock_file import required_lock
from wisp.api.machine_platform import shown_platform
from wisp.install.state import installed_subdir
from wisp.lock.aliases import adopt_platforms
from wisp.lock.model import LockFile
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.origins import is_folder
from wisp.specs.records import PypiRecord
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedView:
    """A lock and what it is looked at for.

    `installed_for` is the subdir that the prefix was installed for, None where there is none;
    `editable` names the PyPI packages that it has installed in place.
    """

    lock: LockFile
    inputs: EnvironmentInputs
    installed_for: str | None = None
    editable: frozenset[str] = frozenset()


def look_up(
    workspace: OpenedWorkspace,
    environment: str | None = None,
    platform: str | None = None,
    usage: LockUsage = AS_NEEDED,
) -> LockedView:
    """Return what is locked for an environment, or would be: nothing is written.

    Raises:
        ManifestError: The environment is unknown or does not support the platform.
        LockFileError, SolveError: See `wisp.api.locks.locking.lock_to_look_at`.

    """
    name = environment or layout.DEFAULT_ENVIRONMENT
    where = shown_platform(workspace.manifest, workspace.session, name, platform)
    inputs = workspace.inputs(name, where)
    lock = _lock(workspace, usage)
    platforms = {known: workspace.platforms(known) for known in workspace.environment_names}
    lock = adopt_platforms(lock, platforms)
    prefix = workspace.prefix(name)
    return LockedView(
        lock=lock,
        inputs=inputs,
        installed_for=installed_subdir(prefix),
        editable=_editable(lock, inputs, prefix),
    )


def look_up_all(
    workspace: OpenedWorkspace,
    environments: Sequence[str] = (),
    platforms: Sequence[str] = (),
    usage: LockUsage = AS_NEEDED,
) -> tuple[LockFile, tuple[EnvironmentInputs, ...]]:
    """Return the lock and what is asked for in it: of all environments and platforms unless named.

    Raises `ManifestError` for an environment or a platform that is none, else as `look_up`.
    """
    chosen = workspace.chosen_inputs(environments, platforms)
    lock = _lock(workspace, usage)
    known = {name: workspace.platforms(name) for name in workspace.environment_names}
    return adopt_platforms(lock, known), chosen


def _lock(workspace: OpenedWorkspace, usage: LockUsage) -> LockFile:
    """Return the lock; to take it as it is, what judges it need not even be imported."""
    if usage.frozen and not usage.locked:
        return required_lock(workspace)
    from wisp.api.locks.locking import lock_to_look_at

    return lock_to_look_at(workspace, usage)


def _editable(lock: LockFile, inputs: EnvironmentInputs, prefix: Path) -> frozenset[str]:
    """Name the projects that are installed in place; where none is locked, no prefix is read."""
    row = lock.environments.get(inputs.environment)
    records = row.packages.get(inputs.platform.name, ()) if row is not None else ()
    if not any(isinstance(one, PypiRecord) and is_folder(one.location) for one in records):
        return frozenset()
    from wisp.engine.wheels import installed_wheels

    return frozenset(wheel.name for wheel in installed_wheels(prefix) if wheel.is_editable)
