"""Locking a workspace: read the lock and judge it; `relocking` solves what is stale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext

from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.judging import LockOutcome, not_up_to_date, older_format, reasons_against
from wisp.api.locks.lock_file import known_lock, required_lock
from wisp.errors import FetchError, SolveError
from wisp.lock.model import LOCK_VERSION, LockFile
from wisp.lock.views import Difference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.lock.mismatch import Mismatch
    from wisp.solve.unpin import Unpin


def lock(workspace: OpenedWorkspace, *, dry_run: bool = False) -> LockOutcome:
    """Solve what is stale and write the lock file, in the newest format, if it changes."""
    if dry_run:
        with workspace.session.only_looking():
            return bring_up_to_date(workspace, dry_run=True, upgrade=True)
    with workspace.writing() as current:
        return bring_up_to_date(current, dry_run=dry_run, upgrade=True)


def ensure_lock(workspace: OpenedWorkspace, usage: LockUsage = AS_NEEDED) -> LockFile:
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
    with workspace.reporter.during("checking", "the lock file"):
        known_or_none = known_lock(workspace)
        usable = known_or_none is not None and not known_or_none.conflicted
        fits = known_or_none and usable and not reasons_against(workspace, known_or_none)
    if known_or_none is not None and fits:
        if known_or_none.version < LOCK_VERSION:
            workspace.reporter.warn(
                f"the lock file uses an older format (version {known_or_none.version})",
                ("`pixi lock` upgrades it",),
            )
        return known_or_none
    if not workspace.places.writes_lock_unasked:
        return _solved_once(workspace)
    with workspace.writing() as current:
        return bring_up_to_date(current, dry_run=False, upgrade=False).lock


def _solved_once(workspace: OpenedWorkspace) -> LockFile:
    """Solve a script without a lock file, unless what was solved last still fits."""
    from wisp.api.locks.remembered import remember_lock

    with workspace.writing() as current:
        known = _fitting_memory(current)
        if known is not None:
            return known
        lock = bring_up_to_date(current, dry_run=True, upgrade=False).lock
        remember_lock(current, lock)
    return lock


def _fitting_memory(workspace: OpenedWorkspace) -> LockFile | None:
    from wisp.api.locks.remembered import remembered_lock

    known = remembered_lock(workspace)
    return known if known is not None and not reasons_against(workspace, known) else None


def lock_to_look_at(workspace: OpenedWorkspace, usage: LockUsage = AS_NEEDED) -> LockFile:
    """Return a lock for a command that only looks: what is stale is solved, and not written.

    It is warned of where the answer is not what the lock file has, or would have. Raises what
    `ensure_lock` does.
    """
    if usage.lock_is_fixed:
        return ensure_lock(workspace, usage)
    if not workspace.places.writes_lock_unasked:
        known = _fitting_memory(workspace)
        if known is not None:
            return known
    try:
        with workspace.session.only_looking():
            outcome = bring_up_to_date(workspace, dry_run=True, upgrade=False)
    except SolveError as error:
        known = known_lock(workspace)
        if known is not None and not known.conflicted:
            error.hints = (*error.hints, "`pixi list --frozen` shows what the lock file has")
        raise
    places = workspace.places
    if outcome.changed and places.writes_lock_unasked and places.lock_command is not None:
        workspace.reporter.warn(
            "what is shown is not locked yet: "
            + (
                "the lock file does not fit the manifest"
                if places.lock.exists()
                else "there is no lock file"
            ),
            (f"`pixi {places.lock_command}` writes it",),
        )
    return outcome.lock


def relock(
    workspace: OpenedWorkspace, unpin: Unpin | None = None, *, dry_run: bool = False
) -> LockOutcome:
    """Lock an edited workspace whose folder the caller holds, letting go of some packages."""
    with workspace.session.only_looking() if dry_run else nullcontext():
        if unpin is not None and unpin.everything:
            from wisp.api.locks.relocking import renew

            return renew(workspace, unpin.packages, dry_run=dry_run)
        dry_run = dry_run or not workspace.places.writes_lock_unasked
        return bring_up_to_date(workspace, dry_run=dry_run, upgrade=True, unpin=unpin, edited=True)


def bring_up_to_date(
    workspace: OpenedWorkspace,
    *,
    dry_run: bool,
    upgrade: bool,
    unpin: Unpin | None = None,
    edited: bool = False,
) -> LockOutcome:
    """Lock a workspace; what `unpin` names loses its pin.

    The caller holds the folder, unless nothing is written anyway (`dry_run`). A lock that fits is
    not written again, except to `upgrade` its format. Who has not `edited` anything is told, where
    that fails, why the lock was not taken as it is.
    """
    with workspace.reporter.during("checking", "the lock file"):
        old = known_lock(workspace)
        reasons = () if old is None else reasons_against(workspace, old)
    if old is not None and old.conflicted:
        workspace.reporter.warn(
            "the lock file has the conflict markers of a merge; it is solved from both sides"
        )
    is_new_enough = old is not None and (old.version == LOCK_VERSION or not upgrade)
    good = old is not None and is_new_enough and not old.conflicted
    if old is not None and good and not reasons and unpin is None:
        return LockOutcome(lock=old, changed=False, difference=Difference())
    try:
        if reasons:
            from wisp.solve.sources import refuse_stale_sources

            refuse_stale_sources(workspace.all_inputs, reasons)
        with workspace.reporter.during("locking"):
            from wisp.api.locks.relocking import solve_stale

            return solve_stale(workspace, old, reasons, unpin, dry_run=dry_run)
    except (SolveError, FetchError) as error:
        if old is not None and not edited:
            error.hints = (*error.hints, *_why_anew(old, reasons))
        raise


def _why_anew(old: LockFile, reasons: Sequence[Mismatch]) -> Iterator[str]:
    """Word why a lock is not taken as it is; a merge was warned of."""
    if reasons:
        yield f"the lock file is not taken as it is: {reasons[0]}"
    elif not old.conflicted:
        yield f"the lock file is made anew, as {older_format(old.version)}"
