"""`upgrade`: raise what the manifest asks for to the newest versions."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.parts import InFeature
from wisp.cli.declare import arguments, flag, top, values
from wisp.cli.opening import open_workspace, usage_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import Upgraded


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
    """Upgrade, and tell what changed in the manifest and in the lock file."""
    values = call.values
    done = open_workspace(call).edit.upgrade(
        values.packages,
        exclude=values.exclude,
        feature=values.feature,
        environment=values.environment,
        dry_run=values.dry_run,
        usage=usage_of(call),
    )
    if values.json and done.outcome is not None:
        call.out.public_json(done.outcome.difference.as_json())
        return 0
    _tell(call, done)
    if done.shared:
        call.out.note(
            "i Dependencies inheriting from `[workspace.dependencies]` were left unchanged: "
            + ", ".join(dict.fromkeys(done.shared))
        )
        call.out.note("  Raise the entries of `[workspace.dependencies]` to upgrade them")
    return 0


def _tell(call: Call[Options], done: Upgraded) -> None:
    """Tell each requirement that was raised, and how the lock differs."""
    from wisp.console.lock_changes import lock_changes

    for name, before, after in done.raised:
        if call.values.dry_run:
            call.out.note(f"i Dry-run: would upgrade {name} {before} -> {after}")
        else:
            call.out.success(f"Upgraded {name} {before} -> {after}")
    if done.outcome is not None and done.outcome.difference:
        call.out.note(lock_changes(done.outcome.difference))
        call.out.result("")
    elif not done.raised:
        call.out.success("All packages are already up-to-date")


COMMAND = top("upgrade", Options, run, example="upgrade --exclude python")
