"""`self-update`: replace wisp by another version, through the tool that installed it."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, top, value
from wisp.cli.opening import open_session

_CHANGES = "https://github.com/wisp-env/wisp/blob/main/CHANGELOG.md"


class Options(options.Config):
    """What `self-update` takes."""

    version: str | None = value("--version", help="The version to install")
    nightly: bool = flag(
        "--nightly", conflicts=("--version",), help="Take the newest build of the main branch"
    )
    dry_run: bool = flag("--dry-run", help="Say what would be done, and by which command")
    force: bool = flag("--force", help="Install again even what is there already")
    no_release_note: bool = flag("--no-release-note", help="Do not say where changes are told")
    from_url: str | None = value("--from-url", help="A package index that has releases too")


def run(call: Call[Options]) -> int:
    """Update wisp and say which version is there now."""
    values, out = call.values, call.out
    done = open_session(call).self_update(
        values.version,
        nightly=values.nightly,
        index=values.from_url,
        force=values.force,
        dry_run=values.dry_run,
    )
    if not done.command:
        out.success(f"{call.program} is already up-to-date (version {done.before})")
    elif values.dry_run:
        out.note(f"{done.before} would be replaced by {done.after} with:")
        out.public(done.command)
    else:
        out.success(f"Updated from version {done.before} to {done.after}")
        if not values.no_release_note:
            out.note(f"What has changed: {_CHANGES}")
    return 0


COMMAND = top("self-update", Options, run, example="self-update --dry-run")
