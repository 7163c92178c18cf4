"""`shell-hook`: print the script that activates an environment."""

from __future__ import annotations

import sys

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, Option
from wisp.cli.launch import program_path
from wisp.cli.opening import open_workspace, usage_of

SHELLS = ("bash", "zsh", "xonsh", "cmd", "powershell", "fish", "nushell")

#: With other options than these a snapshot would remember something unusual.
_HARMLESS = frozenset(("environment", "shell", "json", "change_ps1", "no_completions", "quiet"))


def run(call: Call) -> int:
    """Make the environment ready and print how to activate it."""
    from wisp.api.use.activated import ActivationOptions, enter

    values = call.values
    entered = enter(
        open_workspace(call),
        ActivationOptions(
            program=program_path(sys.argv[0]),
            environment=values.environment,
            usage=usage_of(call),
            remember=call.given <= _HARMLESS,
        ),
    )
    if values.json:
        call.out.json(entered.as_data())
        return 0
    text = entered.hook(
        values.shell,
        change_prompt=None if values.change_ps1 is None else values.change_ps1 == "true",
        completions=not values.no_completions,
    )
    call.out.result(text)
    return 0


ACTIVATION_OPTIONS = (
    options.ENVIRONMENT,
    Option(
        ("--change-ps1",),
        "CHANGE_PS1",
        "value",
        choices=("true", "false"),
        group="Config Options",
        help="Whether the prompt shows the environment",
    ),
    Option(("--force-activate",), group="Config Options", help="Ignore the activation cache"),
    Option(
        ("--no-completions",),
        group="Config Options",
        help="Do not load the environment's completion scripts",
    ),
    *options.LOCK_INSTALL_AS_IS,
    *options.WORKSPACE,
    *options.CONFIG,
)

COMMAND = Command(
    name="shell-hook",
    summary="Print the script that activates an environment",
    options=(
        Option(
            ("-s", "--shell"),
            "SHELL",
            "value",
            choices=SHELLS,
            also_accepted=("pwsh", "nu"),
            conflicts=("--json",),
            help="The shell to write for (default: the one that called)",
        ),
        options.JSON,
        *ACTIVATION_OPTIONS,
    ),
    run=run,
)
