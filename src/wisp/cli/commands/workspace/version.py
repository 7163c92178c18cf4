"""`workspace version`: show, set and raise the version."""

from __future__ import annotations

from collections.abc import Callable

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, top
from wisp.cli.opening import open_workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Bump = Literal["major", "minor", "patch"]


class Set(options.Manifest):
    """What `set` takes."""

    version: str = argument("VERSION", help="The new version")


def get(call: Call[options.Manifest]) -> int:
    """Print the version, if there is one."""
    version = open_workspace(call).manifest.workspace.version
    if version is not None:
        call.out.result(version)
    return 0


def change(call: Call[Set]) -> int:
    """Write the version."""
    wanted = call.values.version
    open_workspace(call).edit.set_field("version", wanted)
    call.out.success(f"Updated workspace version to '{wanted}'.")
    return 0


def _raise(part: Bump) -> Callable[[Call[options.Manifest]], int]:
    def run(call: Call[options.Manifest]) -> int:
        old, new = open_workspace(call).edit.bump_version(part)
        call.out.success(f"Updated workspace version from '{old}' to '{new}'.")
        return 0

    return run


COMMAND = top(
    "workspace version",
    options.Manifest,
    commands=(
        Command(
            name="get",
            summary="Print the version",
            values=options.Manifest,
            run=get,
            example="workspace version get",
        ),
        Command(
            name="set",
            summary="Set the version",
            values=Set,
            run=change,
            example="workspace version set 1.2.0",
        ),
        Command(
            name="major",
            summary="Raise the first number",
            values=options.Manifest,
            run=_raise("major"),
            example="workspace version major",
        ),
        Command(
            name="minor",
            summary="Raise the second number",
            values=options.Manifest,
            run=_raise("minor"),
            example="workspace version minor",
        ),
        Command(
            name="patch",
            summary="Raise the third number",
            values=options.Manifest,
            run=_raise("patch"),
            example="workspace version patch",
        ),
    ),
)
