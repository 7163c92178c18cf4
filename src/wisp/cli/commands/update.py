"""`update`: let go of locked versions and lock anew, within the manifest's limits."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace


def run(call: Call) -> int:
    """Update the named packages, or all, and tell what changed."""
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
        call.out.note(outcome.difference.as_text())
    else:
        call.out.success("Lock-file was already up-to-date")
    return 0


COMMAND = Command(
    name="update",
    summary="Update packages in the lock file as far as the manifest allows",
    arguments=(Argument("packages", "PACKAGES", "any", "Packages to update (default: all)"),),
    options=(
        options.ENVIRONMENTS,
        options.PLATFORMS,
        Option(("-n", "--dry-run"), help="Show what would change, write nothing"),
        options.JSON,
        options.NO_INSTALL,
        *options.WORKSPACE,
        *options.CONFIG,
    ),
    run=run,
)
