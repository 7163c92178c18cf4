"""`workspace feature`: list and remove features."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, flag, top
from wisp.cli.looking import remember
from wisp.cli.opening import open_workspace
from wisp.layout import DEFAULT_FEATURE


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
    for line in feature_lines(workspace.show.features(), call.out.painter()):
        call.out.result(line)
    remember(call, workspace)
    return 0


def remove(call: Call[Remove]) -> int:
    """Take a feature away, after asking where environments use it."""
    name = call.values.feature
    workspace = open_workspace(call)
    users = [] if name == DEFAULT_FEATURE else workspace.show.feature_users(name)
    if users:
        by = "environment" if len(users) == 1 else "the following environments:"
        named = f"'{users[0]}'" if len(users) == 1 else ", ".join(users)
        question = f"Feature '{name}' is used by {by} {named}. Do you want to remove it anyway?"
        hint = "take it out of these environments in the manifest first"
        if not call.out.confirm(question, hint=hint):
            return 0
    if workspace.edit.remove_feature(name):
        call.out.success(f"Removed feature {name}")
    else:
        call.out.warning(f"Feature `{name}` doesn't exist")
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
