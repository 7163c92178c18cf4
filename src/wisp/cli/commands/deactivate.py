"""`deactivate`: leave what is active in the shell that is running."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.shell_init import init_hint
from wisp.cli.declare import top, value
from wisp.cli.opening import open_session
from wisp.cli.shell_init_scripts import SHELLS
from wisp.errors import UsageError


class Options(options.Global):
    """What `deactivate` takes."""

    shell: str | None = value(
        "-s", "--shell", choices=SHELLS, help="Print what this shell has to evaluate"
    )


def run(call: Call[Options]) -> int:
    """Print what the shell has to evaluate to be as it was before."""
    shell = call.values.shell
    if shell is None:
        raise UsageError(
            "a program cannot change the shell it is called from; the shell has to do it",
            hints=init_hint(call),
        )
    call.out.raw(open_session(call).shells.deactivate(shell, call.environ))
    return 0


COMMAND = top("deactivate", Options, run, example="deactivate")
