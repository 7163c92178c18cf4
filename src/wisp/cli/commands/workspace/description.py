"""`workspace description`: show and set the description."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, top
from wisp.cli.opening import open_workspace


class Set(options.Manifest):
    """What `set` takes."""

    description: str = argument("DESCRIPTION", help="The new description")


def get(call: Call[options.Manifest]) -> int:
    """Print the description, if there is one."""
    text = open_workspace(call).manifest.workspace.description
    if text is not None:
        call.out.result(text)
    return 0


def change(call: Call[Set]) -> int:
    """Write the description."""
    wanted = call.values.description
    open_workspace(call).edit.set_field("description", wanted)
    call.out.success(f"Updated workspace description to '{wanted}'.")
    return 0


COMMAND = top(
    "workspace description",
    options.Manifest,
    commands=(
        Command(
            name="get",
            summary="Print the description",
            values=options.Manifest,
            run=get,
            example="workspace description get",
        ),
        Command(
            name="set",
            summary="Set the description",
            values=Set,
            run=change,
            example="workspace description set 'What it is for'",
        ),
    ),
)
