"""`workspace environment`: list, add and remove environments."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace


def show(call: Call) -> int:
    """Print the environments with what they are made of."""
    from wisp.api.views.describe import environment_lines

    workspace = open_workspace(call)
    if call.values.machine_readable:
        call.out.result(" ".join(workspace.environment_names))
        return 0
    for line in environment_lines(workspace.manifest):
        call.out.result(line)
    return 0


def add(call: Call) -> int:
    """Declare an environment."""
    from wisp.api.edits.environments import add_environment

    values = call.values
    add_environment(
        open_workspace(call).manifest,
        values.name,
        values.feature,
        solve_group=values.solve_group,
        no_default_feature=values.no_default_feature,
        force=values.force,
    )
    call.out.success(f"Added environment {values.name}")
    return 0


def remove(call: Call) -> int:
    """Take an environment away."""
    from wisp.api.edits.environments import remove_environment

    remove_environment(open_workspace(call).manifest, call.values.name)
    call.out.success(f"Removed environment {call.values.name}")
    return 0


_NAME = Argument("name", "NAME", help="Name of the environment")

COMMAND = Command(
    name="environment",
    summary="List, add or remove environments",
    options=options.CONFIG_SOURCE,
    commands=(
        Command(
            name="add",
            summary="Declare an environment",
            aliases=("a",),
            arguments=(_NAME,),
            options=(
                Option(("-f", "--feature"), "FEATURE", "list", help="A feature; may be repeated"),
                Option(("--solve-group",), "SOLVE_GROUP", "value", help="Solve it with others"),
                Option(("--no-default-feature",), help="Leave the default feature out"),
                Option(("--force",), help="Replace an environment of the same name"),
            ),
            run=add,
        ),
        Command(
            name="list",
            summary="List the environments",
            aliases=("ls",),
            options=(Option(("--machine-readable",), hidden=True),),
            run=show,
        ),
        Command(
            name="remove",
            summary="Remove an environment",
            aliases=("rm",),
            arguments=(_NAME,),
            run=remove,
        ),
    ),
)
