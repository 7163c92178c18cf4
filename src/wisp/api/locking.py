"""Locking a workspace: read the lock, judge it, solve what is stale, write what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wisp.api.facts import source_facts
from wisp.engine.files import write_atomically
from wisp.errors import LockFileError
from wisp.lock.aliases import adopt_platforms, rich_names
from wisp.lock.failures import NewerLockFileError
from wisp.lock.mismatch import Mismatch
from wisp.lock.model import LOCK_VERSION, LockFile
from wisp.lock.read import read
from wisp.lock.satisfy import check
from wisp.lock.views import Difference, difference
from wisp.lock.write import write
from wisp.solve.assemble import assemble
from wisp.solve.plan import STALE, Pair, Staleness, judge, plan
from wisp.solve.unlock import require_locked, unlock
from wisp.solve.update import run_plan

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
        return _lock(workspace, dry_run=dry_run, upgrade=True)


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
        return _lock(workspace, dry_run=not workspace.keeps_lock, upgrade=False).lock


def relock(workspace: Workspace, released: Sequence[str] = ()) -> LockOutcome:
    """Lock an edited workspace whose folder the caller holds; `released` names lose their pins."""
    dry_run = not workspace.keeps_lock
    return _lock(workspace, dry_run=dry_run, upgrade=True, released=released)


def update(
    workspace: Workspace,
    packages: Sequence[str],
    environments: Sequence[str],
    platforms: Sequence[str],
    *,
    dry_run: bool,
) -> LockOutcome:
    """Forget locked versions in the chosen environments and platforms, and solve again."""
    for name in environments:
        workspace.require_environment(name)
    with workspace.writing():
        old = read_lock(workspace)
        if old is None:
            return _lock(workspace, dry_run=dry_run, upgrade=True)
        chosen = _pairs(workspace, environments, platforms)
        require_locked(old, chosen, packages)
        loosened = unlock(old, chosen, packages)
        stale = dict.fromkeys(chosen, STALE)
        return _solve(workspace, old, loosened, stale, dry_run=dry_run)


def renew(workspace: Workspace, packages: Sequence[str], *, dry_run: bool) -> LockOutcome:
    """Solve an edited workspace anew without the locked versions of the named packages.

    The caller holds the folder, unless nothing is written anyway (`dry_run`).
    """
    old = read_lock(workspace)
    if old is None:
        return _lock(workspace, dry_run=dry_run, upgrade=True)
    everything = _pairs(workspace, (), ())
    loosened = unlock(old, everything, packages)
    return _solve(workspace, old, loosened, dict.fromkeys(everything, STALE), dry_run=dry_run)


def _pairs(
    workspace: Workspace, environments: Sequence[str], platforms: Sequence[str]
) -> tuple[Pair, ...]:
    return tuple(
        (one.environment, one.platform.name)
        for one in workspace.all_inputs
        if (not environments or one.environment in environments)
        and (not platforms or one.platform.name in platforms or one.platform.subdir in platforms)
    )


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


def _lock(
    workspace: Workspace, *, dry_run: bool, upgrade: bool, released: Sequence[str] = ()
) -> LockOutcome:
    old = read_lock(workspace)
    if old is None:
        everything = {(one.environment, one.platform.name): STALE for one in workspace.all_inputs}
        return _solve(workspace, None, None, everything, dry_run=dry_run)
    reasons = reasons_against(workspace, old)
    is_current = old.version == LOCK_VERSION or not upgrade
    if not reasons and is_current and not released:
        return LockOutcome(lock=old, changed=False, difference=difference(old, old))
    stale = judge(workspace.all_inputs, reasons)
    if old.version < LOCK_VERSION:
        stale = {pair: one | STALE for pair, one in stale.items()}
    kept = unlock(old, tuple(stale), released) if released else old
    return _solve(workspace, old, kept, stale, dry_run=dry_run, reasons=reasons)


def _solve(
    workspace: Workspace,
    old: LockFile | None,
    kept: LockFile | None,
    stale: dict[Pair, Staleness],
    *,
    dry_run: bool,
    reasons: tuple[Mismatch, ...] = (),
) -> LockOutcome:
    """Solve the stale part with `kept` as preference, and write what differs from `old`."""
    from wisp.api.solving import solve_engines, workers

    inputs = workspace.all_inputs
    if kept is not None:
        platforms = {name: workspace.platforms(name) for name in workspace.environment_names}
        kept = adopt_platforms(kept, platforms)
    units = plan(inputs, kept, stale)
    answers = run_plan(
        units,
        solve_engines(workspace),
        workers=workers(workspace),
        reporter=workspace.reporter,
    )
    new = assemble(inputs, answers, workspace.unsupported_inputs)
    text = write(new, rich_names(workspace.locked_platforms))
    before = _text(workspace)
    changed = text != before
    if changed and not dry_run:
        write_atomically(workspace.lock_path, text)
    return LockOutcome(
        lock=new, changed=changed, difference=difference(old, new, inputs), reasons=reasons
    )


def _text(workspace: Workspace) -> str | None:
    try:
        return workspace.lock_path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
