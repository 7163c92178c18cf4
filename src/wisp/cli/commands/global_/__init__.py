"""`global`: tools of the user, each in an environment of its own, exposed under names."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.commands.global_ import change, exclude_newer, expose, install, lock, shortcut, show
from wisp.cli.declare import top

COMMAND = top(
    "global",
    options.Global,
    commands=(
        change.ADD,
        change.EDIT,
        exclude_newer.COMMAND,
        expose.COMMAND,
        install.COMMAND,
        show.LIST,
        lock.LOCK,
        lock.OUTDATED,
        change.REMOVE,
        shortcut.COMMAND,
        change.SYNC,
        show.TREE,
        change.UNINSTALL,
        change.UPDATE,
        change.UPGRADE,
        change.UPGRADE_ALL,
    ),
)
