"""How tasks are run, and whom to ask and to tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.values import dataclass, field, replace

#: Asks a person for one of several environments of a task; None without an answer.
Choose = Callable[[str, list[str]], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How tasks are run.

    `say` prints a line for people, `warn` what should be looked at; `replace` lets the last
    command take the place of this process. `jobs` above one runs independent tasks at the same
    time, `grouped` shows the output of each in one piece, `keep_going` goes on after a failure.
    `remember` tells that nothing unusual was asked for, so that the next call may be quicker.
    """

    program: str
    cwd: Path
    environment: str | None = None
    platform: str | None = None
    usage: LockUsage = AS_NEEDED
    executable: bool = False
    skip_dependencies: bool = False
    templated: bool = False
    clean: bool = False
    dry: bool = False
    replace: bool = False
    remember: bool = False
    jobs: int = 1
    grouped: bool = False
    keep_going: bool = False
    emoji: bool = True
    color: bool = False
    say: Callable[[str], None] = field(default=lambda _: None)
    warn: Callable[[str], None] = field(default=lambda _: None)
    choose: Choose | None = None


def with_given(
    options: RunOptions, environment: str | None, cwd: Path | None, usage: LockUsage
) -> RunOptions:
    """Return options in which what is given besides counts first."""
    return replace(
        options,
        environment=options.environment if environment is None else environment,
        cwd=options.cwd if cwd is None else cwd,
        usage=options.usage if usage == AS_NEEDED else usage,
    )
