"""`global shortcut`: choose which tools have entries in the menu of the desktop."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.global_ import common
from wisp.cli.declare import Command, arguments


class Add(common.Environment, options.Config):
    """What `global shortcut add` takes."""

    packages: tuple[str, ...] = arguments("PACKAGE", needed=False, help="A package")


class Remove(options.Config):
    """What `global shortcut remove` takes."""

    shortcuts: tuple[str, ...] = arguments("SHORTCUT", needed=False, help="The package of an entry")


def run_add(call: Call[Add]) -> int:
    """Install the menu entries of packages."""
    name = common.environment_of(call.values)
    common.tell(call, common.open_tools(call).add_shortcuts(name, call.values.packages))
    return 0


def run_remove(call: Call[Remove]) -> int:
    """Remove menu entries."""
    common.tell(call, common.open_tools(call).remove_shortcuts(call.values.shortcuts))
    return 0


COMMAND = Command(
    name="shortcut",
    summary="Choose which tools have entries in the menu of the desktop",
    values=options.Global,
    commands=(
        Command(
            name="add",
            summary="Install the menu entries of packages",
            values=Add,
            run=run_add,
            help_without_words=True,
            example="global shortcut add --environment napari napari",
        ),
        Command(
            name="remove",
            summary="Remove menu entries",
            values=Remove,
            run=run_remove,
            example="global shortcut remove napari",
        ),
    ),
)
