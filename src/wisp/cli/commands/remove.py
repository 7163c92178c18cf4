"""`remove`: take requirements out of the manifest, lock and install."""

from __future__ import annotations

from wisp.cli.call import Call
from wisp.cli.commands.requirements import (
    GIT,
    SELECTION,
    SPECS,
    SURROUNDINGS,
    selection_of,
    tell_where,
)
from wisp.cli.declare import Command
from wisp.cli.opening import open_workspace, usage_of


def run(call: Call) -> int:
    """Remove, and say what went."""
    from wisp.api.edits.removing import remove
    from wisp.api.edits.requests import Selection
    from wisp.api.edits.sync import LockAndSync

    workspace = open_workspace(call)
    sync = LockAndSync(workspace, usage_of(call))
    selection = Selection(**selection_of(call))
    words = tuple(call.values.spec)
    remove(workspace.manifest, selection, words, sync)
    for word in words:
        call.out.success(f"Removed {word}")
    tell_where(call, "Removed", selection)
    return 0


COMMAND = Command(
    name="remove",
    summary="Remove dependencies from the workspace",
    aliases=("rm",),
    arguments=(SPECS,),
    options=(*SELECTION, *GIT, *SURROUNDINGS),
    run=run,
    help_without_words=True,
)
