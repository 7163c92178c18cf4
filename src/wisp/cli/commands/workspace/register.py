"""`workspace register`: name workspaces, so that `--workspace NAME` finds them."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, flag, top, value
from wisp.cli.opening import open_session, open_workspace


class Register(options.Manifest):
    """What `register` takes."""

    name: str | None = value("-n", "--name", help="The name (default: the workspace's)")
    path: str | None = value("-p", "--path", help="The folder (default: the workspace's)")
    force: bool = flag("-f", "--force", help="Replace what has the name")


class List(options.Workspace):
    """What `list` takes."""

    json: bool = options.JSON


class Remove(options.Workspace):
    """What `remove` takes."""

    name: str = argument("NAME", help="The registered name")


def register(call: Call[Register]) -> int:
    """Name a workspace."""
    values = call.values
    if values.path is not None and values.name is not None:
        name, folder = values.name, call.cwd / values.path
    else:
        workspace = open_workspace(call)
        name = values.name or workspace.name
        folder = call.cwd / values.path if values.path else workspace.root
    if open_session(call).register(name, folder.resolve(), force=values.force):
        call.out.success("Workspace registered successfully.")
    else:
        call.out.soft_error(
            "Workspace already exists. Use the `--force` flag to overwrite a named workspace."
        )
    return 0


def show(call: Call[List]) -> int:
    """Print the registered workspaces."""
    session = open_session(call)
    if call.values.json:
        call.out.json({name: str(folder) for name, folder in session.registered().items()})
        return 0
    for line in session.registered_lines():
        call.out.result(line)
    return 0


def remove(call: Call[Remove]) -> int:
    """Forget one workspace."""
    open_session(call).forget(call.values.name)
    name = call.values.name
    call.out.success(f"Workspace '{name}' has been removed from the registry successfully.")
    return 0


def prune(call: Call[options.Workspace]) -> int:
    """Forget the workspaces that are gone."""
    gone = open_session(call).prune_register()
    for name in gone:
        call.out.note(f"removed workspace {name}")
    call.out.success("Workspace registry pruned")
    return 0


COMMAND = top(
    "workspace register",
    Register,
    register,
    example="workspace register --name demo",
    commands=(
        Command(
            name="list",
            summary="List registered workspaces",
            values=List,
            run=show,
            aliases=("ls",),
            example="workspace register list",
        ),
        Command(
            name="prune",
            summary="Forget vanished workspaces",
            values=options.Workspace,
            run=prune,
            aliases=("pr",),
            example="workspace register prune",
        ),
        Command(
            name="remove",
            summary="Forget a workspace",
            values=Remove,
            run=remove,
            aliases=("rm",),
            example="workspace register remove demo",
        ),
    ),
)
