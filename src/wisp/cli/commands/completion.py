"""`completion`: the script that teaches a shell to complete command lines."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.completion_scripts import SHELLS, script
from wisp.cli.declare import top, value
from wisp.errors import UsageError


class Options(options.Global):
    """What `completion` takes."""

    shell: str | None = value("-s", "--shell", choices=SHELLS, help="The shell to write for")


def run(call: Call[Options]) -> int:
    """Print the script of a shell."""
    shell = call.values.shell
    if shell is None:
        raise UsageError(
            "the following required arguments were not provided:\n  --shell <SHELL>",
            hints=(f"[possible values: {', '.join(SHELLS)}]",),
        )
    call.out.raw(script(shell, call.program))
    return 0


COMMAND = top("completion", Options, run, example="completion --shell bash >> ~/.bashrc")
