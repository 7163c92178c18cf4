"""`workspace preview`: switch preview features on and off."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace


def show(call: Call) -> int:
    """Print the preview features that are on."""
    for flag in open_workspace(call).manifest.workspace.preview:
        call.out.result(flag)
    return 0


def add(call: Call) -> int:
    """Switch preview features on."""
    from wisp.api.edits.activations import add_preview

    add_preview(open_workspace(call).manifest, call.values.flags)
    for flag in call.values.flags:
        call.out.success(f"Added preview feature {flag}")
    return 0


def remove(call: Call) -> int:
    """Switch preview features off."""
    from wisp.api.edits.activations import remove_preview

    manifest = open_workspace(call).manifest
    remove_preview(manifest, call.values.flags, forced=call.values.force)
    for flag in call.values.flags:
        call.out.success(f"Removed preview feature {flag}")
    return 0


_FLAGS = (Argument("flags", "PREVIEW_FLAG", "some", choices=("pixi-build",)),)

COMMAND = Command(
    name="preview",
    summary="Switch preview features on and off",
    options=options.CONFIG_SOURCE,
    commands=(
        Command(
            name="add",
            summary="Switch preview features on",
            aliases=("a",),
            arguments=_FLAGS,
            run=add,
            help_without_words=True,
        ),
        Command(name="list", summary="List what is switched on", aliases=("ls",), run=show),
        Command(
            name="remove",
            summary="Switch preview features off",
            aliases=("rm",),
            arguments=_FLAGS,
            options=(Option(("--force",), help="Also where the manifest needs them"),),
            run=remove,
            help_without_words=True,
        ),
    ),
)
