"""`editor`: tell editors of the environments of a workspace."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.direnv import Options, tell
from wisp.cli.declare import Command, top
from wisp.cli.opening import open_workspace


def vscode(call: Call[Options]) -> int:
    """Write interpreter and tasks into `.vscode`; what stands there stays."""
    values = call.values
    files = open_workspace(call).editors.vscode(
        values.environment, program=call.program, write=not values.only_print
    )
    tell(call, files)
    if not files:
        call.out.note("there is nothing to tell: no Python in the environment, and no task")
    return 0


COMMAND = top(
    "editor",
    options.Global,
    commands=(
        Command(
            name="vscode",
            summary="Write interpreter and tasks into .vscode",
            values=Options,
            run=vscode,
            example="editor vscode -e test",
        ),
    ),
)
