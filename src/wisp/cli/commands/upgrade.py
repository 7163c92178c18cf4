"""`upgrade`: raise what the manifest asks for to the newest versions."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.places import ENVIRONMENT, FEATURE
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace, usage_of


def run(call: Call) -> int:
    """Upgrade, and tell what changed in the lock file."""
    from wisp.api.edits.sync import LockAndSync
    from wisp.api.edits.upgrading import UpgradeRequest, upgrade

    values = call.values
    workspace = open_workspace(call)
    sync = LockAndSync(workspace, usage_of(call))
    request = UpgradeRequest(
        packages=tuple(values.packages),
        exclude=tuple(values.exclude),
        feature=values.feature,
        environment=values.environment,
    )
    done = upgrade(
        workspace.manifest,
        request,
        sync,
        strategy=workspace.config.pinning_strategy,
        dry_run=values.dry_run,
    )
    for name in done.shared:
        call.out.note(f"{name} takes its version from the workspace and stays unchanged")
    if done.outcome is None:
        call.out.success("All packages are already up-to-date")
    elif values.json:
        call.out.public_json(done.outcome.difference.as_json())
    elif done.outcome.difference:
        call.out.note(done.outcome.difference.as_text())
        call.out.result("")
    return 0


COMMAND = Command(
    name="upgrade",
    summary="Raise the manifest's limits to the newest versions and lock anew",
    arguments=(Argument("packages", "PACKAGES", "any", help="Packages to upgrade (default: all)"),),
    options=(
        FEATURE,
        ENVIRONMENT,
        Option(
            ("--exclude",),
            "EXCLUDE",
            "list",
            conflicts=("PACKAGES",),
            help="A package to leave alone",
        ),
        options.JSON,
        Option(("-n", "--dry-run"), help="Show what would change, write nothing"),
        *options.LOCK_AND_INSTALL,
        *options.WORKSPACE,
        *options.CONFIG,
    ),
    run=run,
)
