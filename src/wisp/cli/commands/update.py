"""`update`: let go of locked versions and lock anew, within the manifest's limits."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import arguments, flag, top, values
from wisp.cli.names import environment_name
from wisp.cli.opening import open_workspace


class Options(options.NoInstall, options.Script, options.Config):
    """What `update` takes."""

    packages: tuple[str, ...] = arguments(
        "PACKAGES", needed=False, help="Packages to update (default: all)"
    )
    environment: tuple[str, ...] = values(
        "-e", "--environment", read=environment_name, help="An environment; may be repeated"
    )
    platform: tuple[str, ...] = options.PLATFORMS
    dry_run: bool = flag("-n", "--dry-run", help="Show what would change, write nothing")
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Update the named packages, or all, and tell what changed."""
    from wisp.console.lock_changes import lock_changes

    values = call.values
    outcome = open_workspace(call).update(
        tuple(values.packages),
        environments=tuple(values.environment),
        platforms=tuple(values.platform),
        dry_run=values.dry_run,
    )
    if values.json:
        call.out.public_json(outcome.difference.as_json())
    elif outcome.difference:
        call.out.note(lock_changes(outcome.difference))
    elif outcome.rewritten:
        call.out.success("Updated lock file: the packages stay, what is known of them changed")
    else:
        call.out.success("Lock-file was already up-to-date")
    return 0


COMMAND = top("update", Options, run, example="update numpy --dry-run")
