"""`doctor`: try what wisp depends on, and say what to do where it does not work."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import top
from wisp.cli.opening import open_session, open_workspace
from wisp.errors import WispError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp import Check


class Options(options.Workspace, options.Config):
    """What `doctor` takes."""

    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Print all checks; 1 where something is broken."""
    from wisp.console.checks import check_lines

    checks, out = _checks(call), call.out
    if call.values.json:
        out.public_json([_as_json(check, out.program) for check in checks])
    else:
        for line in check_lines(checks, out.painter(), out.program):
            out.public(line)
    return 1 if any(check.state == "broken" for check in checks) else 0


def _as_json(check: Check, program: str) -> dict[str, Any]:
    """Give the commands of an advice the name of the program, as the table does."""
    from wisp.console.advice import typed_here

    row = check.as_json()
    advice = row["advice"]
    return {**row, "advice": advice and typed_here(advice, program, "")}


def _checks(call: Call[Options]) -> tuple[Check, ...]:
    """Check the workspace that is meant or around us, else what needs none."""
    values, session = call.values, open_session(call)
    named = values.manifest_path or values.workspace
    if not named and session.enclosing_root(call.cwd) is None:
        return session.diagnose()
    try:
        return open_workspace(call).show.diagnose()
    except WispError as error:
        return session.diagnose(error)


COMMAND = top("doctor", Options, run, example="doctor --json")
