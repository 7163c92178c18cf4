"""`workspace environment`: list, add and remove environments."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, flag, top, value, values
from wisp.cli.looking import remember
from wisp.cli.names import environment_name
from wisp.cli.opening import open_workspace


class Add(options.Manifest):
    """What `add` takes."""

    name: str = argument("NAME", read=environment_name, help="Name of the environment")
    feature: tuple[str, ...] = values("-f", "--feature", help="A feature; may be repeated")
    solve_group: str | None = value("--solve-group", help="Solve it with others")
    no_default_feature: bool = flag("--no-default-feature", help="Leave the default feature out")
    force: bool = flag("--force", help="Replace an environment of the same name")


class List(options.Manifest):
    """What `list` takes."""

    machine_readable: bool = flag("--machine-readable", hidden=True)


class Remove(options.Manifest):
    """What `remove` takes."""

    name: str = argument("NAME", help="Name of the environment")


def show(call: Call[List]) -> int:
    """Print the environments with what they are made of."""
    from wisp.console.declared_list import environment_lines

    workspace = open_workspace(call)
    if call.values.machine_readable:
        call.out.result(" ".join(workspace.environment_names))
        return 0
    for line in environment_lines(workspace.show.environments(), call.out.painter()):
        call.out.result(line)
    remember(call, workspace)
    return 0


def add(call: Call[Add]) -> int:
    """Declare an environment."""
    values = call.values
    # What is unused now may be what it is for.
    replaced = open_workspace(call, despite="unused").edit.add_environment(
        values.name,
        values.feature,
        solve_group=values.solve_group,
        no_default_feature=values.no_default_feature,
        force=values.force,
    )
    call.out.success(f"{'Updated' if replaced else 'Added'} environment {values.name}")
    return 0


def remove(call: Call[Remove]) -> int:
    """Take an environment away."""
    open_workspace(call).edit.remove_environment(call.values.name)
    call.out.success(f"Removed environment {call.values.name}")
    return 0


COMMAND = top(
    "workspace environment",
    options.Manifest,
    commands=(
        Command(
            name="add",
            summary="Declare an environment",
            values=Add,
            run=add,
            aliases=("a",),
            example="workspace environment add test --feature test",
        ),
        Command(
            name="list",
            summary="List the environments",
            values=List,
            run=show,
            aliases=("ls",),
            example="workspace environment list",
        ),
        Command(
            name="remove",
            summary="Remove an environment",
            values=Remove,
            run=remove,
            aliases=("rm",),
            example="workspace environment remove test",
        ),
    ),
)
