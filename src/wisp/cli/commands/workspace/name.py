"""`workspace name`: show and set the name."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command
from wisp.cli.opening import open_workspace


def get(call: Call) -> int:
    """Print the name."""
    call.out.result(open_workspace(call).name)
    return 0


def change(call: Call) -> int:
    """Write the name."""
    from wisp.api.edits.fields import set_field

    wanted = call.values.name
    set_field(open_workspace(call).manifest, "name", wanted)
    call.out.success(f"Updated workspace name to '{wanted}'.")
    return 0


COMMAND = Command(
    name="name",
    summary="Show or set the name of the workspace",
    options=options.CONFIG_SOURCE,
    commands=(
        Command(name="get", summary="Print the name", run=get),
        Command(
            name="set",
            summary="Set the name",
            arguments=(Argument("name", "NAME", help="The new name"),),
            run=change,
        ),
    ),
)
