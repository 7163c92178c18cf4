"""`workspace feature`: list and remove features."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, flag, top
from wisp.cli.looking import remember
from wisp.cli.opening import open_workspace


class List(options.Manifest):
    """What `list` takes."""

    machine_readable: bool = flag("--machine-readable", hidden=True)


class Remove(options.Manifest):
    """What `remove` takes."""

    feature: str = argument("FEATURE", help="Name of the feature")


def show(call: Call[List]) -> int:
    """Print the features with the names they declare."""
    from wisp.console.declared_list import feature_lines

    workspace = open_workspace(call)
    if call.values.machine_readable:
        call.out.result(" ".join(workspace.manifest.features))
        return 0
    for line in feature_lines(workspace.show.features()):
        call.out.result(line)
    remember(call, workspace)
    return 0


def remove(call: Call[Remove]) -> int:
    """Take a feature away, after asking where environments use it."""
    name = call.values.feature
    workspace = open_workspace(call)
    users = workspace.show.feature_users(name)
    if users:
        question = f"The feature {name} is used by {', '.join(users)}. Remove it from there too?"
        hint = "take it out of these environments in the manifest first"
        if not call.out.confirm(question, hint=hint):
            return 0
    workspace.edit.remove_feature(name)
    call.out.success(f"Removed feature {name}")
    return 0


COMMAND = top(
    "workspace feature",
    options.Manifest,
    commands=(
        Command(
            name="list",
            summary="List the features",
            values=List,
            run=show,
            aliases=("ls",),
            example="workspace feature list",
        ),
        Command(
            name="remove",
            summary="Remove a feature, from environments too",
            values=Remove,
            run=remove,
            aliases=("rm",),
            example="workspace feature remove test",
        ),
    ),
)
