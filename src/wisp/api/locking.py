"""Locking a workspace: read the lock and judge it; `wisp.api.relocking` solves what is stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wisp.api.facts import source_facts
from wisp.errors import LockFileError
from wisp.lock.failures import NewerLockFileError
from wisp.lock.mismatch import Mismatch
from wisp.lock.model import LOCK_VERSION, LockFile
from wisp.lock.read import read
from wisp.lock.satisfy import check
from wisp.lock.views import Difference

if TYPE_CHECKING:
    from wisp.api.workspace import Workspace

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


def read_lock(workspace: Workspace, *, strict: bool = False) -> LockFile | None:
    """Read the lock file; None if there is none, or one from the future unless `strict`.

    Raises:
        LockFileError: The file is damaged, or too new where it has to be used.

    """
    path = workspace.lock_path
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise LockFileError(
            f"Failed to load lock file from `{path}`", causes=["it is not UTF-8 text"]
        ) from error
    try:
        return read(text, str(path), workspace.locked_platforms)
    except NewerLockFileError as error:
        if strict:
            raise
        workspace.reporter.warn(error.message, error.hints)
        return None


def reasons_against(workspace: Workspace, lock: LockFile) -> tuple[Mismatch, ...]:
    """Tell why a lock does not fit the manifest; nothing if it does."""
    facts = source_facts(workspace, lock)
    found = check(lock, workspace.all_inputs, facts, workspace.environment_names)
    for reason in found:
        workspace.reporter.info(str(reason))
    return tuple(found)


def lock(workspace: Workspace, *, dry_run: bool = False) -> LockOutcome:
    """Solve what is stale and write the lock file, in the newest format, if it changes."""
    with workspace.writing():
        return lock_held(workspace, dry_run=dry_run, upgrade=True)


def ensure_lock(workspace: Workspace, *, locked: bool = False, frozen: bool = False) -> LockFile:
    """Return a lock to install from.

    `frozen` takes the file as it is, `locked` only if it fits; otherwise what is stale is solved
    and written (that of a script only if it exists). An older format that still fits is left alone.

    Raises:
        LockFileError: There is no lock or it does not fit, where that matters.
        SolveError: Nothing satisfies the manifest.

    """
    if frozen and not locked:
        return _required(workspace)
    if locked:
        known = _required(workspace)
        reasons = reasons_against(workspace, known)
        if reasons:
            raise not_up_to_date(reasons)
        return known
    known_or_none = read_lock(workspace)
    if known_or_none is not None and not reasons_against(workspace, known_or_none):
        if known_or_none.version < LOCK_VERSION:
            workspace.reporter.warn(
                f"the lock file uses an older format (version {known_or_none.version})",
                ("`pixi lock` upgrades it",),
            )
        return known_or_none
    with workspace.writing():
        return lock_held(workspace, dry_run=not workspace.keeps_lock, upgrade=False).lock


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


def _required(workspace: Workspace) -> LockFile:
    known = read_lock(workspace, strict=True)
    if known is None:
        raise LockFileError(
            f"there is no lock file at `{workspace.lock_path}`",
            hints=("run `pixi lock` to make one",),
        )
    return known


def lock_held(
    workspace: Workspace, *, dry_run: bool, upgrade: bool, released: Sequence[str] = ()
) -> LockOutcome:
    """Lock a workspace whose folder the caller holds; packages named in `released` lose their pins.

    A lock that fits is not written again, except to `upgrade` its format.
    """
    old = read_lock(workspace)
    reasons = () if old is None else reasons_against(workspace, old)
    good = old is not None and (old.version == LOCK_VERSION or not upgrade)
    if old is not None and good and not reasons and not released:
        return LockOutcome(lock=old, changed=False, difference=Difference())
    from wisp.api.relocking import solve_stale

    return solve_stale(workspace, old, reasons, released, dry_run=dry_run)
