"""Locking a workspace: read the lock and judge it; `relocking` solves what is stale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wisp.api.locks.lock_file import known_lock, required_lock
from wisp.api.source_facts import source_facts
from wisp.api.usage import AS_NEEDED, Usage
from wisp.errors import LockFileError
from wisp.lock.mismatch import Mismatch
from wisp.lock.model import LOCK_VERSION, LockFile
from wisp.lock.satisfy import check
from wisp.lock.views import Difference
from wisp.values import dataclass

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.solve.unlock import Release

#: How many reasons a failure names: the rest rarely tells more.
_REASONS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LockOutcome:
    """What locking led to.

    `changed` tells whether the text of the lock file is another one now (or would be, in a dry
    run); `reasons` why the old one did not hold.
    """

    lock: LockFile
    changed: bool
    difference: Difference
    reasons: tuple[Mismatch, ...] = ()


def reasons_against(workspace: OpenedWorkspace, lock: LockFile) -> tuple[Mismatch, ...]:
    """Tell why a lock does not fit the manifest; nothing if it does."""
    facts = source_facts(workspace.root, lock)
    found = check(lock, workspace.all_inputs, facts, workspace.environment_names)
    for reason in found:
        workspace.reporter.info(str(reason))
    return tuple(found)


def lock(workspace: OpenedWorkspace, *, dry_run: bool = False) -> LockOutcome:
    """Solve what is stale and write the lock file, in the newest format, if it changes."""
    if dry_run:
        return lock_held(workspace, dry_run=True, upgrade=True)
    with workspace.writing() as current:
        return lock_held(current, dry_run=dry_run, upgrade=True)


def ensure_lock(workspace: OpenedWorkspace, usage: Usage = AS_NEEDED) -> LockFile:
    """Return a lock to install from; what is stale is solved and written if that is allowed.

    The lock of a script is written only if it exists. An older format that still fits is left
    alone. `locked` outweighs `frozen`.

    Raises:
        LockFileError: There is no lock or it does not fit, where that matters.
        SolveError: Nothing satisfies the manifest.

    """
    if usage.frozen and not usage.locked:
        return required_lock(workspace)
    if usage.locked:
        known = required_lock(workspace)
        reasons = reasons_against(workspace, known)
        if reasons:
            raise not_up_to_date(reasons)
        return known
    known_or_none = known_lock(workspace)
    if known_or_none is not None and not reasons_against(workspace, known_or_none):
        if known_or_none.version < LOCK_VERSION:
            workspace.reporter.warn(
                f"the lock file uses an older format (version {known_or_none.version})",
                ("`pixi lock` upgrades it",),
            )
        return known_or_none
    with workspace.writing() as current:
        return lock_held(
            current, dry_run=not workspace.places.writes_lock_unasked, upgrade=False
        ).lock


def not_up_to_date(reasons: Sequence[Mismatch] = ()) -> LockFileError:
    """The failure of a lock that has to fit and does not; the first reasons are its causes."""
    causes = [str(reason) for reason in reasons[:_REASONS_SHOWN]]
    if len(reasons) > _REASONS_SHOWN:
        causes.append(f"… and {len(reasons) - _REASONS_SHOWN} more reasons")
    return LockFileError(
        "lock file not up-to-date with the workspace",
        causes=causes,
        hints=("run `pixi lock` to bring it up to date",),
    )


def lock_held(
    workspace: OpenedWorkspace, *, dry_run: bool, upgrade: bool, release: Release | None = None
) -> LockOutcome:
    """Lock a workspace; packages of a `release` lose their pins.

    The caller holds the folder, unless nothing is written anyway (`dry_run`). A lock that fits is
    not written again, except to `upgrade` its format.
    """
    old = known_lock(workspace)
    reasons = () if old is None else reasons_against(workspace, old)
    good = old is not None and (old.version == LOCK_VERSION or not upgrade)
    if old is not None and good and not reasons and release is None:
        return LockOutcome(lock=old, changed=False, difference=Difference())
    if reasons:
        from wisp.solve.sources import refuse_stale_sources

        refuse_stale_sources(workspace.all_inputs, reasons)
    from wisp.api.locks.relocking import solve_stale

    return solve_stale(workspace, old, reasons, release, dry_run=dry_run)
