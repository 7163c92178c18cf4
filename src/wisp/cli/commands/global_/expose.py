"""`global expose`: choose which executables have names on the PATH."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.global_ import common
from wisp.cli.declare import Command, arguments


class Add(common.Environment, options.Config):
    """What `global expose add` takes."""

    mappings: tuple[str, ...] = arguments(
        "MAPPING", needed=False, help="NAME=EXECUTABLE or EXECUTABLE"
    )


class Remove(options.Config):
    """What `global expose remove` takes."""

    exposed_names: tuple[str, ...] = arguments("EXPOSED_NAME", needed=False, help="An exposed name")


def run_add(call: Call[Add]) -> int:
    """Expose executables of an environment."""
    name = common.environment_of(call.values)
    common.tell(call, common.open_tools(call).expose(name, call.values.mappings))
    return 0


def run_remove(call: Call[Remove]) -> int:
    """Take exposed names away."""
    common.tell(call, common.open_tools(call).unexpose(call.values.exposed_names))
    return 0


COMMAND = Command(
    name="expose",
    summary="Choose which executables have names on the PATH",
    values=options.Global,
    aliases=("e",),
    commands=(
        Command(
            name="add",
            summary="Expose executables of an environment",
            values=Add,
            run=run_add,
            help_without_words=True,
            example="global expose add --environment python py=python3.12",
        ),
        Command(
            name="remove",
            summary="Take exposed names away",
            values=Remove,
            run=run_remove,
            example="global expose remove py",
        ),
    ),
)
