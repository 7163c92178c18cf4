"""`shell`: open an interactive shell in an environment."""

from __future__ import annotations

import sys

from wisp.cli.call import Call
from wisp.cli.commands.shell_hook import Entering
from wisp.cli.declare import top
from wisp.cli.launch import program_path
from wisp.cli.opening import open_workspace, usage_of


def run(call: Call[Entering]) -> int:
    """Make the environment ready and become a shell in it."""
    values = call.values
    workspace = open_workspace(call)
    entered = workspace.enter(
        values.environment, program=program_path(sys.argv[0]), usage=usage_of(call)
    )
    call.reporter.hand_over()
    call.out.flush()
    return workspace.terminal.open_shell(
        entered,
        change_prompt=None if values.change_ps1 is None else values.change_ps1 == "true",
        completions=not values.no_completions,
    )


COMMAND = top("shell", Entering, run, example="shell -e test")
