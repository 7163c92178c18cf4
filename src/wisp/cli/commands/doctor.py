"""`doctor`: try what wisp depends on, and say what to do where it does not work."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import top
from wisp.cli.opening import open_session, open_workspace
from wisp.errors import WispError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import Check


class Options(options.Workspace, options.Config):
    """What `doctor` takes."""

    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Print all checks; 1 where something is broken."""
    from wisp.console.advice import typed_here
    from wisp.console.checks import check_lines

    checks, out = _checks(call), call.out
    if call.values.json:
        for row in (rows := [check.as_json() for check in checks]):
            row["advice"] = row["advice"] and typed_here(row["advice"], out.program, "")
        out.public_json(rows)
    else:
        for line in check_lines(checks, out.painter(), out.program):
            out.public(line)
    return 1 if any(check.state == "broken" for check in checks) else 0


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
