"""Locks of environments that no workspace describes: read, judged, solved, written.

They have the form of a workspace's lock file, in the place that the caller names: inside of a
prefix, beside a script of the user's (`exec --lock`), beside the manifest of global tools.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from wisp.api.prefixes import install_for_solving
from wisp.api.source_facts import source_facts
from wisp.errors import LockFileError
from wisp.lock.failures import NewerLockFileError
from wisp.lock.mismatch import Mismatch, first_reasons
from wisp.lock.model import LockFile
from wisp.lock.read import read
from wisp.lock.satisfy import check
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import CondaRecord
from wisp.trust import LARGEST_LOCK, found_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext

#: Where the packages lie that a build needs while an environment is solved.
PrefixOf = Callable[[EnvironmentInputs], Path]


def read_lock(path: Path) -> LockFile | None:
    """Read a lock; None where there is no file. Raises `LockFileError` for a damaged one."""
    try:
        text = found_text(path, LARGEST_LOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise LockFileError(f"could not read the lock `{path}`", causes=[str(error)]) from error
    return read(text, str(path)) if text.strip() else None


def reasons_against_inputs(
    session: SessionContext, lock: LockFile, inputs: Sequence[EnvironmentInputs]
) -> tuple[Mismatch, ...]:
    """Tell why a lock is not what inputs ask for; nothing if it is."""
    found = check(lock, inputs, source_facts(inputs[0].root, lock))
    for reason in found:
        session.reporter.info(str(reason))
    return tuple(found)


def solved_lock(
    session: SessionContext,
    inputs: Sequence[EnvironmentInputs],
    prefix_of: PrefixOf,
    *,
    manifest_path: Path,
    known: LockFile | None = None,
    reasons: Sequence[Mismatch] = (),
) -> LockFile:
    """Solve inputs; of a `known` lock what its `reasons` leave alone is kept.

    Raises `SolveError` where nothing fits, `FetchError` for channels that cannot be read.
    """
    from wisp.api.solving import solve_engines, workers
    from wisp.solve.assemble import assemble
    from wisp.solve.plan import STALE, judge, plan
    from wisp.solve.update import run_plan

    def provide_python(inputs: EnvironmentInputs, conda: tuple[CondaRecord, ...]) -> Path:
        return install_for_solving(session, inputs, conda, prefix_of, manifest_path=manifest_path)

    pairs = [(one.environment, one.platform.name) for one in inputs]
    stale = dict.fromkeys(pairs, STALE) if known is None else judge(inputs, reasons)
    answers = run_plan(
        plan(inputs, known, stale),
        solve_engines(session, provide_python),
        workers=min(len(inputs), workers(session)),
        reporter=session.reporter,
    )
    return assemble(inputs, answers)


def lock_for(
    session: SessionContext,
    path: Path,
    inputs: Sequence[EnvironmentInputs],
    prefix_of: PrefixOf,
    *,
    locked: bool = False,
) -> LockFile:
    """Return the lock at a path if it fits the inputs, else solve and write it.

    It may have come with a folder of a stranger's: it is not written through a link.

    Raises:
        LockFileError: It is damaged; or, where it has to be used as it is (`locked`), it does not
            fit or there is none.
        SolveError, FetchError: See `solved_lock`.
        HostError: It cannot be written, or is a link.

    """
    known = _usable(session, path)
    reasons = () if known is None else reasons_against_inputs(session, known, inputs)
    if known is not None and not reasons:
        return known
    if locked:
        raise not_what_is_asked_for(path, reasons, missing=known is None)
    lock = solved_lock(session, inputs, prefix_of, manifest_path=path, known=known, reasons=reasons)
    write_lock(lock, path, own=True)
    return lock


def write_lock(lock: LockFile, path: Path, *, own: bool = False) -> None:
    """Write a lock file, whole or not at all; one that has to be our `own` through no link.

    Raises `HostError` where it cannot be.
    """
    from wisp.engine.files import write_atomically
    from wisp.engine.safe.root import Root
    from wisp.lock.write import write

    path.parent.mkdir(parents=True, exist_ok=True)
    if own:
        Root(path.parent).write(path, write(lock))
    else:
        write_atomically(path, write(lock))


def not_what_is_asked_for(
    path: Path,
    reasons: Sequence[Mismatch],
    *,
    missing: bool = False,
    hint: str = "without `--locked` it is brought up to date",
) -> LockFileError:
    """Return the failure of a lock that has to be used as it is, and cannot be."""
    if missing:
        return LockFileError(
            f"there is no lock file at `{path}`", hints=("without `--locked` it is made",)
        )
    return LockFileError(
        f"the lock file `{path}` is not what is asked for",
        causes=first_reasons(reasons),
        hints=(hint,),
    )


def _usable(session: SessionContext, path: Path) -> LockFile | None:
    try:
        return read_lock(path)
    except NewerLockFileError as error:
        session.reporter.warn(error.message, error.hints)
        return None
