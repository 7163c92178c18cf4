"""`workspace preview`: switch preview features on and off."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, arguments, flag, top
from wisp.cli.opening import open_workspace


class Add(options.Manifest):
    """What `add` takes."""

    flags: tuple[str, ...] = arguments(
        "PREVIEW_FLAG", choices=("pixi-build",), help="A feature that is not settled yet"
    )


class Remove(options.Manifest):
    """What `remove` takes."""

    flags: tuple[str, ...] = arguments(
        "PREVIEW_FLAG", choices=("pixi-build",), help="A feature that is not settled yet"
    )
    force: bool = flag("--force", help="Also where the manifest needs them")


def show(call: Call[options.Manifest]) -> int:
    """Print the preview features that are on."""
    for name in open_workspace(call, despite="preview").manifest.workspace.preview:
        call.out.result(name)
    return 0


def add(call: Call[Add]) -> int:
    """Switch preview features on."""
    workspace = open_workspace(call, despite="preview")
    new = [name for name in call.values.flags if name not in workspace.manifest.workspace.preview]
    workspace.edit.add_preview(call.values.flags)
    if new:
        call.out.success(f"Added {_quoted(new)} to the preview flags.")
    else:
        call.out.success("The preview flags were already enabled.")
    return 0


def remove(call: Call[Remove]) -> int:
    """Switch preview features off."""
    workspace = open_workspace(call, despite="preview")
    on = [name for name in call.values.flags if name in workspace.manifest.workspace.preview]
    workspace.edit.remove_preview(call.values.flags, force=call.values.force)
    if on:
        call.out.success(f"Removed {_quoted(on)} from the preview flags.")
    else:
        call.out.success("The preview flags were not enabled.")
    return 0


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in dict.fromkeys(names))


COMMAND = top(
    "workspace preview",
    options.Manifest,
    commands=(
        Command(
            name="add",
            summary="Switch preview features on",
            values=Add,
            run=add,
            aliases=("a",),
            help_without_words=True,
            example="workspace preview add pixi-build",
        ),
        Command(
            name="list",
            summary="List what is switched on",
            values=options.Manifest,
            run=show,
            aliases=("ls",),
            example="workspace preview list",
        ),
        Command(
            name="remove",
            summary="Switch preview features off",
            values=Remove,
            run=remove,
            aliases=("rm",),
            help_without_words=True,
            example="workspace preview remove pixi-build",
        ),
    ),
)
