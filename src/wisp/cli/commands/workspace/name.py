"""`workspace name`: show and set the name."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, top
from wisp.cli.opening import open_workspace


class Set(options.Manifest):
    """What `set` takes."""

    name: str = argument("NAME", help="The new name")


def get(call: Call[options.Manifest]) -> int:
    """Print the name."""
    call.out.result(open_workspace(call).name)
    return 0


def change(call: Call[Set]) -> int:
    """Write the name."""
    wanted = call.values.name
    open_workspace(call).edit.set_field("name", wanted)
    call.out.success(f"Updated workspace name to '{wanted}'.")
    return 0


COMMAND = top(
    "workspace name",
    options.Manifest,
    commands=(
        Command(
            name="get",
            summary="Print the name",
            values=options.Manifest,
            run=get,
            example="workspace name get",
        ),
        Command(
            name="set",
            summary="Set the name",
            values=Set,
            run=change,
            example="workspace name set my-project",
        ),
    ),
)
