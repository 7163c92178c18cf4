"""`shell-hook`: print the script that activates an environment."""

from __future__ import annotations

import sys

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, top, value
from wisp.cli.launch import program_path
from wisp.cli.opening import open_workspace, usage_of

SHELLS = ("bash", "zsh", "xonsh", "cmd", "powershell", "fish", "nushell")


class Entering(options.LockInstallAsIs, options.Activation, options.Workspace, options.Config):
    """What commands take that activate an environment."""

    environment: str | None = options.ENVIRONMENT
    change_ps1: str | None = options.CHANGE_PS1
    no_completions: bool = flag(
        "--no-completions",
        group="Config Options",
        help="Do not load the environment's completion scripts",
    )


class Options(Entering):
    """What `shell-hook` takes."""

    shell: str | None = value(
        "-s",
        "--shell",
        choices=SHELLS,
        also_accepted=("pwsh", "nu"),
        conflicts=("--json",),
        help="The shell to write for (default: the one that called)",
    )
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Make the environment ready and print how to activate it."""
    values = call.values
    entered = open_workspace(call).enter(
        values.environment,
        program=program_path(sys.argv[0]),
        usage=usage_of(call),
        remember=call.usual,
    )
    if values.json:
        call.out.json(entered.as_data())
        return 0
    text = entered.hook(
        values.shell,
        change_prompt=None if values.change_ps1 is None else values.change_ps1 == "true",
        completions=not values.no_completions,
    )
    call.out.raw(text + "\n")
    return 0


COMMAND = top(
    "shell-hook",
    Options,
    run,
    example='eval "$({} shell-hook)"',
    remembered=frozenset(("environment", "shell", "json", "change_ps1", "no_completions", "quiet")),
)
