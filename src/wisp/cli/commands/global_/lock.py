"""`global lock` and `global outdated`: which versions tools have, and could have."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.global_ import common
from wisp.cli.declare import Command, arguments, flag


class Lock(options.Config):
    """What `global lock` takes."""

    platform: tuple[str, ...] = options.PLATFORMS


class Outdated(options.Config):
    """What `global outdated` takes."""

    environments: tuple[str, ...] = arguments(
        "ENVIRONMENTS", needed=False, help="Environments; all unless named"
    )
    exit_code: bool = flag("--exit-code", help="End with 1 where there is something newer")
    json: bool = options.JSON


def run_lock(call: Call[Lock]) -> int:
    """Write the lock of all tools."""
    lock = common.open_tools(call).lock(call.values.platform)
    verb = "Locked" if lock.changed else "Nothing to do:"
    noun = "environment" if lock.environments == 1 else "environments"
    call.out.success(f"{verb} {lock.environments} {noun} in {lock.path}")
    return 0


def run_outdated(call: Call[Outdated]) -> int:
    """Print what is not the newest."""
    rows = common.open_tools(call).outdated(call.values.environments)
    if call.values.json:
        call.out.public_json([row.as_json() for row in rows])
    elif rows:
        from wisp.console.tool_list import outdated_table

        for line in outdated_table(rows):
            call.out.public(line)
    else:
        call.out.success("There is nothing newer")
    return 1 if rows and call.values.exit_code else 0


LOCK = Command(
    name="lock",
    summary="Write down what all environments hold, for other machines",
    values=Lock,
    run=run_lock,
    example="global lock --platform osx-arm64",
)
OUTDATED = Command(
    name="outdated",
    summary="Show which tools have newer versions",
    values=Outdated,
    run=run_outdated,
    example="global outdated --json",
)
