"""`workspace version`: show, set and raise the version."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command
from wisp.cli.opening import open_workspace

if TYPE_CHECKING:
    from wisp.api.edits.fields import Bump


def get(call: Call) -> int:
    """Print the version, if there is one."""
    version = open_workspace(call).manifest.workspace.version
    if version is not None:
        call.out.result(version)
    return 0


def change(call: Call) -> int:
    """Write the version."""
    from wisp.api.edits.fields import set_field

    wanted = call.values.version
    set_field(open_workspace(call).manifest, "version", wanted)
    call.out.success(f"Updated workspace version to '{wanted}'.")
    return 0


def _raise(part: Bump) -> Callable[[Call], int]:
    def run(call: Call) -> int:
        from wisp.api.edits.fields import bump_version

        old, new = bump_version(open_workspace(call).manifest, part)
        call.out.success(f"Updated workspace version from '{old}' to '{new}'.")
        return 0

    return run


COMMAND = Command(
    name="version",
    summary="Show, set or raise the version of the workspace",
    options=options.CONFIG_SOURCE,
    commands=(
        Command(name="get", summary="Print the version", run=get),
        Command(
            name="set",
            summary="Set the version",
            arguments=(Argument("version", "VERSION", help="The new version"),),
            run=change,
        ),
        Command(name="major", summary="Raise the first number", run=_raise("major")),
        Command(name="minor", summary="Raise the second number", run=_raise("minor")),
        Command(name="patch", summary="Raise the third number", run=_raise("patch")),
    ),
)
