"""Locking anew: solve what is stale or let go of, and write what differs.

Apart from `wisp.api.locks.locking`, so that a lock that fits is judged without loading all this.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from wisp.api.folders import prepare
from wisp.api.locks.judging import LockOutcome
from wisp.api.locks.lock_file import known_lock
from wisp.api.locks.written_secrets import tell_of_secrets
from wisp.api.solving import solve_engines, workers
from wisp.engine.rewriting import restoring, rewrite
from wisp.errors import SolveError
from wisp.lock.aliases import adopt_platforms, rich_names
from wisp.lock.mismatch import Mismatch
from wisp.lock.model import LOCK_VERSION, LockFile, Pair
from wisp.lock.views import difference
from wisp.lock.write import write
from wisp.solve.assemble import assemble
from wisp.solve.plan import FRESH, STALE, SolveUnit, Staleness, judge, plan
from wisp.solve.unpin import Unpin, require_locked, stale_without, unpinned
from wisp.solve.update import Conda, Engines, Pypi, run_plan
from wisp.specs.inputs import EnvironmentInputs
from wisp.trust import LARGEST_LOCK, found_text
from wisp.values import replace
from wisp.workspace.platforms import added_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def update(
    workspace: OpenedWorkspace,
    packages: Sequence[str],
    environments: Sequence[str],
    platforms: Sequence[str],
    *,
    dry_run: bool,
) -> LockOutcome:
    """Forget locked versions in the chosen environments and platforms, and solve again.

    Raises `ManifestError` for an environment or a platform that is none, else what `lock` raises.
    """
    workspace.chosen_inputs(environments, platforms)  # before anything is solved
    looking = workspace.session.only_looking() if dry_run else nullcontext()
    with looking, workspace.writing() as current:
        if current.places.memory_of_lock is not None:
            return _update_remembered(current, packages, dry_run=dry_run)
        old = known_lock(current)
        if old is None:
            return solve_stale(current, None, (), dry_run=dry_run)
        chosen = _pairs(current, environments, platforms)
        require_locked(old, chosen, packages)
        loosened = unpinned(old, chosen, packages)
        stale = dict.fromkeys(chosen, STALE)
        return _solve(current, old, loosened, stale, dry_run=dry_run)


def _update_remembered(
    workspace: OpenedWorkspace, packages: Sequence[str], *, dry_run: bool
) -> LockOutcome:
    """Solve a script without a lock file anew, which makes none."""
    from wisp.api.locks.remembered import remember_lock, remembered_lock

    old = remembered_lock(workspace)
    everything = _pairs(workspace)
    if old is None:
        outcome = solve_stale(workspace, None, (), dry_run=True)
    else:
        require_locked(old, everything, packages)
        loosened = unpinned(old, everything, packages)
        stale = dict.fromkeys(everything, STALE)
        outcome = _solve(workspace, old, loosened, stale, dry_run=True)
        outcome = replace(outcome, changed=write(outcome.lock) != write(old))
    if not dry_run:
        remember_lock(workspace, outcome.lock)
    return outcome


def renew(workspace: OpenedWorkspace, packages: Sequence[str], *, dry_run: bool) -> LockOutcome:
    """Solve an edited workspace anew without the locked versions of the named packages.

    The caller holds the folder, unless nothing is written anyway (`dry_run`).
    """
    old = known_lock(workspace)
    if old is None:
        return solve_stale(workspace, None, (), dry_run=dry_run)
    everything = _pairs(workspace)
    loosened = unpinned(old, everything, packages)
    return _solve(workspace, old, loosened, dict.fromkeys(everything, STALE), dry_run=dry_run)


def _names(lock: LockFile) -> set[str]:
    return {record.name for record in lock.records()}


def _pairs(
    workspace: OpenedWorkspace, environments: Sequence[str] = (), platforms: Sequence[str] = ()
) -> tuple[Pair, ...]:
    chosen = workspace.chosen_inputs(environments, platforms)
    return tuple((one.environment, one.platform.name) for one in chosen)


def solve_stale(
    workspace: OpenedWorkspace,
    old: LockFile | None,
    reasons: tuple[Mismatch, ...],
    unpin: Unpin | None = None,
    *,
    dry_run: bool,
) -> LockOutcome:
    """Solve what reasons speak against, all of it where there is no lock or one of an old format.

    The caller holds the folder, unless nothing is written anyway (`dry_run`).
    """
    if old is None:
        everything = dict.fromkeys(_pairs(workspace), STALE)
        return _solve(workspace, None, None, everything, dry_run=dry_run)
    stale = judge(workspace.all_inputs, reasons)
    if old.version < LOCK_VERSION or old.conflicted:
        stale = {pair: one | STALE for pair, one in stale.items()}
    kept = unpin.of(old) if unpin else old
    # What fits without its unpinned packages would stay as it is, without them.
    for pair, more in stale_without(kept, old).items():
        stale[pair] = stale.get(pair, FRESH) | more
    return _solve(workspace, old, kept, stale, dry_run=dry_run, reasons=reasons)


def _solve(
    workspace: OpenedWorkspace,
    old: LockFile | None,
    kept: LockFile | None,
    stale: dict[Pair, Staleness],
    *,
    dry_run: bool,
    reasons: tuple[Mismatch, ...] = (),
) -> LockOutcome:
    """Solve the stale part with `kept` as preference, and write what differs from `old`."""
    inputs = workspace.all_inputs
    if kept is not None:
        platforms = {name: workspace.platforms(name) for name in workspace.environment_names}
        kept = adopt_platforms(kept, platforms)
    units = plan(inputs, kept, stale)
    answers = run_plan(
        units,
        _engines(workspace),
        workers=workers(workspace.session),
        reporter=workspace.reporter,
    )
    new = assemble(inputs, answers, workspace.unsupported_inputs)
    text = write(new, _aliased(workspace))
    workspace.reporter.count("locked", len(_names(new)))
    outcome = LockOutcome(
        lock=new,
        changed=text != _text(workspace),
        difference=difference(old, new, inputs),
        reasons=reasons,
        format=LOCK_VERSION if old is None else old.version,
    )
    # Writing comes last: who interrupts later interrupts nothing.
    if outcome.changed and not dry_run:
        with restoring(workspace.lock_path):
            rewrite(workspace.lock_path, text, workspace.places.root)
        tell_of_secrets(new, workspace.lock_path.name, workspace.reporter)
    return outcome


def _aliased(workspace: OpenedWorkspace) -> tuple[str, ...]:
    """Name the rich platforms that have an alias in the lock; since Pixi 0.78 none has."""
    if workspace.level.has("locks name platforms as the manifest does"):
        return ()
    return rich_names(workspace.locked_platforms)


def _engines(workspace: OpenedWorkspace) -> Engines:
    def prefix_of(inputs: EnvironmentInputs) -> Path:
        prepare(workspace.places, workspace.reporter)
        return workspace.places.build_prefix(inputs.environment, inputs.solve_group)

    def provide_python(inputs: EnvironmentInputs, conda: Conda) -> Path:
        from wisp.api.prefixes import install_for_solving

        return install_for_solving(
            workspace.session,
            inputs,
            conda,
            prefix_of,
            manifest_path=workspace.manifest.path,
            root=workspace.places.root_of(prefix_of(inputs)),
        )

    engines = solve_engines(
        workspace.session,
        provide_python,
        workspace.manifest.workspace.conda_pypi_map,
        workspace.manifest.level,
    )

    def solve(unit: SolveUnit) -> Conda:
        try:
            return engines.solve(unit)
        except SolveError as error:
            from wisp.api.elsewhere import hinted

            raise hinted(error, _who_added(workspace, unit.platform)) from error

    def resolve(inputs: EnvironmentInputs, conda: Conda, previous: Pypi) -> Pypi:
        try:
            return engines.resolve(inputs, conda, previous)
        except SolveError as error:
            raise _with_python(workspace, inputs.environment, error) from error

    return replace(engines, solve=solve, resolve=resolve)


def _with_python(workspace: OpenedWorkspace, environment: str, error: SolveError) -> SolveError:
    """Tell how an environment without a Python gets one."""
    from wisp.api.elsewhere import hint_for_python, hinted
    from wisp.solve.pypi_question import NoPythonError

    if not isinstance(error, NoPythonError):
        return error
    return hinted(error, (hint_for_python(workspace.manifest.environments[environment]),))


def _who_added(workspace: OpenedWorkspace, platform: str) -> tuple[str, ...]:
    """Tell where a platform comes from that the workspace does not list."""
    features = " and ".join(f"'{name}'" for name in added_by(workspace.manifest, platform))
    if not features:
        return ()
    return (f"'{platform}' is a platform since the feature {features} lists it",)


def _text(workspace: OpenedWorkspace) -> str | None:
    try:
        return found_text(workspace.lock_path, LARGEST_LOCK)
    except (FileNotFoundError, UnicodeDecodeError):
        return None
