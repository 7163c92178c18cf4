"""`workspace description`: show and set the description."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command
from wisp.cli.opening import open_workspace


def get(call: Call) -> int:
    """Print the description, if there is one."""
    text = open_workspace(call).manifest.workspace.description
    if text is not None:
        call.out.result(text)
    return 0


def change(call: Call) -> int:
    """Write the description."""
    from wisp.api.edits.fields import set_field

    wanted = call.values.description
    set_field(open_workspace(call).manifest, "description", wanted)
    call.out.success(f"Updated workspace description to '{wanted}'.")
    return 0


COMMAND = Command(
    name="description",
    summary="Show or set the description of the workspace",
    options=options.CONFIG_SOURCE,
    commands=(
        Command(name="get", summary="Print the description", run=get),
        Command(
            name="set",
            summary="Set the description",
            arguments=(Argument("description", "DESCRIPTION", help="The new description"),),
            run=change,
        ),
    ),
)
