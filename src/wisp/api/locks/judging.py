"""Judging the lock of a workspace: whether it fits, and what came of locking."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.api.source_facts import source_facts
from wisp.errors import LockFileError
from wisp.lock.mismatch import Mismatch, first_reasons
from wisp.lock.model import LOCK_VERSION, LockFile
from wisp.lock.views import Difference
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


@dataclass(frozen=True, slots=True, kw_only=True)
class LockOutcome:
    """What locking led to.

    `changed` tells whether the text of the lock file is another one now (or would be, in a dry
    run); `reasons` why the old one did not hold. `format` is the one that the lock had before.
    """

    lock: LockFile
    changed: bool
    difference: Difference
    reasons: tuple[Mismatch, ...] = ()
    format: int = LOCK_VERSION

    def __repr__(self) -> str:
        state = "changed" if self.changed else "unchanged"
        return f"<{type(self).__name__}: {state}, {len(self.lock.environments)} environments>"

    @property
    def rewritten(self) -> bool:
        """Whether the lock says something else of the same packages, a hash or a dependency."""
        return self.changed and not self.difference and self.format == LOCK_VERSION

    def require_unchanged(self) -> None:
        """Raise `LockFileError`, with the reasons, if the lock file is another one now."""
        if self.changed:
            older = self.format < LOCK_VERSION and not self.reasons
            raise not_up_to_date(self.reasons, (older_format(self.format),) if older else ())


def older_format(version: int) -> str:
    """Word that a lock that fits is not in the format that is written."""
    return f"its format is {version}, the newest is {LOCK_VERSION}"


def reasons_against(workspace: OpenedWorkspace, lock: LockFile) -> tuple[Mismatch, ...]:
    """Tell why a lock does not fit the manifest; nothing if it does."""
    from wisp.lock.satisfy import check

    facts = source_facts(workspace.root, lock)
    found = check(lock, workspace.all_inputs, facts, workspace.environment_names)
    for reason in found:
        workspace.reporter.info(str(reason))
    return tuple(found)


def not_up_to_date(reasons: Sequence[Mismatch] = (), others: Sequence[str] = ()) -> LockFileError:
    """The failure of a lock that has to fit and does not; the first reasons are its causes."""
    return LockFileError(
        "lock file not up-to-date with the workspace",
        causes=[*first_reasons(reasons), *others],
        hints=("run `pixi lock` to bring it up to date",),
    )
