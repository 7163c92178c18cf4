"""`upgrade`: raise what the manifest asks for to the newest versions."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.parts import InFeature
from wisp.cli.declare import arguments, flag, top, values
from wisp.cli.opening import open_workspace, usage_of


class Options(InFeature, options.LockAndInstall, options.Workspace, options.Config):
    """What `upgrade` takes."""

    packages: tuple[str, ...] = arguments(
        "PACKAGES", needed=False, help="Packages to upgrade (default: all)"
    )
    exclude: tuple[str, ...] = values(
        "--exclude", conflicts=("PACKAGES",), help="A package to leave alone"
    )
    json: bool = options.JSON
    dry_run: bool = flag("-n", "--dry-run", help="Show what would change, write nothing")


def run(call: Call[Options]) -> int:
    """Upgrade, and tell what changed in the lock file."""
    from wisp.console.lock_changes import lock_changes

    values = call.values
    done = open_workspace(call).edit.upgrade(
        values.packages,
        exclude=values.exclude,
        feature=values.feature,
        environment=values.environment,
        dry_run=values.dry_run,
        usage=usage_of(call),
    )
    if done.outcome is None:
        call.out.success("All packages are already up-to-date")
    elif values.json:
        call.out.public_json(done.outcome.difference.as_json())
    elif done.outcome.difference:
        call.out.note(lock_changes(done.outcome.difference))
        call.out.result("")
    if done.shared and not values.json:
        call.out.note(
            "i Dependencies inheriting from `[workspace.dependencies]` were left unchanged: "
            + ", ".join(dict.fromkeys(done.shared))
        )
        call.out.note("  Raise the entries of `[workspace.dependencies]` to upgrade them")
    return 0


COMMAND = top("upgrade", Options, run, example="upgrade --exclude python")
