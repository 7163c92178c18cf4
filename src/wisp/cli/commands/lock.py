"""`lock`: bring the lock file up to date."""

from __future__ import annotations

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import flag, top
from wisp.cli.opening import open_workspace

_UNCHANGED = "Lock-file was already up-to-date"


class Options(options.NoInstall, options.Script, options.Config):
    """What `lock` takes."""

    json: bool = options.JSON
    check: bool = flag("--check", help="Fail when the lock file is not up to date; write nothing")
    dry_run: bool = flag("--dry-run", help="Show what would change, write nothing")


def run(call: Call[Options]) -> int:
    """Solve what is stale, write the lock file, tell what changed."""
    from wisp.console.lock_changes import lock_changes

    values = call.values
    workspace = open_workspace(call)
    outcome = workspace.lock(dry_run=values.dry_run or values.check)
    interrupts.ignore()  # all is done
    if values.json:
        answer = outcome.difference.as_json()
        if call.program == "wisp":
            # Beyond Pixi, whose answer has no place for why a lock was stale.
            answer["reasons"] = [reason.as_json() for reason in outcome.reasons]
        call.out.public_json(answer)
    elif values.dry_run:
        _tell_dry_run(call, outcome.changed, lock_changes(outcome.difference))
    elif values.check and outcome.changed:
        if outcome.difference:
            call.out.note(lock_changes(outcome.difference))
    elif outcome.changed:
        call.out.success("Updated lock file")
        call.out.note(lock_changes(outcome.difference))
    else:
        call.out.success(_UNCHANGED)
    if values.check:
        outcome.require_unchanged()
    if not call.out.warned and call.usual:
        workspace.terminal.remember_answer(("lock",), _UNCHANGED, outcome.lock)
    return 0


def _tell_dry_run(call: Call, changed: bool, difference: str) -> None:
    if not changed:
        call.out.note("i Dry-run: lock file would not change")
        return
    call.out.note("i Dry-run: lock file would be updated (not written to disk)")
    call.out.note(difference)


COMMAND = top("lock", Options, run, example="lock --check")
