"""`outdated`: which locked packages have newer versions, and what holds them back."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import arguments, flag, top
from wisp.cli.opening import open_workspace


class Options(options.Script, options.Config):
    """What `outdated` takes."""

    packages: tuple[str, ...] = arguments("PACKAGES", needed=False, help="Only these packages")
    environment: tuple[str, ...] = options.ENVIRONMENTS
    platform: tuple[str, ...] = options.PLATFORMS
    explicit: bool = flag("-x", "--explicit", help="Only packages that the manifest names")
    exit_code: bool = flag("--exit-code", help="End with 1 where there is something newer")
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Print a table of what is outdated; the exit code tells only where it is asked to."""
    from wisp.console.outdated_table import outdated_table

    values, out = call.values, call.out
    found = open_workspace(call).show.outdated(
        values.packages, values.environment, values.platform, explicit=values.explicit
    )
    if values.json:
        out.public_json([one.as_json() for one in found])
    elif found:
        for line in outdated_table(found):
            out.public(line)
    else:
        out.success("There is nothing newer")
    return 1 if found and values.exit_code else 0


COMMAND = top("outdated", Options, run, example="outdated --explicit --json")
