"""`workspace requires-pixi`: which versions of Pixi's interface the manifest needs."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, top
from wisp.cli.opening import open_session, open_workspace
from wisp.errors import ManifestError

_MISMATCH = 4


class Set(options.Manifest):
    """What `set` takes."""

    version: str = argument("VERSION", help="A version spec such as `>=0.50`")


def get(call: Call[options.Manifest]) -> int:
    """Print the spec, `*` where any version will do."""
    workspace = open_workspace(call, despite="version")
    call.out.result(workspace.manifest.workspace.requires_pixi or "*")
    return 0


def change(call: Call[Set]) -> int:
    """Write the spec."""
    wanted = call.values.version
    open_workspace(call, despite="version").edit.set_field("requires-pixi", wanted)
    call.out.success(f"Updated workspace requires-pixi to '{wanted}'.")
    return 0


def unset(call: Call[options.Manifest]) -> int:
    """Take the spec away."""
    open_workspace(call, despite="version").edit.unset_field("requires-pixi")
    call.out.success("Remove workspace requires-pixi.")
    return 0


def verify(call: Call[options.Manifest]) -> int:
    """Tell by the exit code whether this version will do."""
    try:
        open_workspace(call)
    except ManifestError as error:
        path = error.place.file if error.place is not None else ""
        from pathlib import Path

        if path and not open_session(call).required_version_holds(Path(path)):
            error.exit_code = _MISMATCH
        raise
    return 0


COMMAND = top(
    "workspace requires-pixi",
    options.Manifest,
    commands=(
        Command(
            name="get",
            summary="Print the needed version",
            values=options.Manifest,
            run=get,
            example="workspace requires-pixi get",
        ),
        Command(
            name="set",
            summary="Set the needed version",
            values=Set,
            run=change,
            example="workspace requires-pixi set '>=0.60'",
        ),
        Command(
            name="unset",
            summary="Need no particular version",
            values=options.Manifest,
            run=unset,
            example="workspace requires-pixi unset",
        ),
        Command(
            name="verify",
            summary="Fail when this version will not do",
            values=options.Manifest,
            run=verify,
            example="workspace requires-pixi verify",
        ),
    ),
)
