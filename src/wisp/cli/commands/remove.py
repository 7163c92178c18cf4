"""`remove`: take requirements out of the manifest, lock and install."""

from __future__ import annotations

from wisp.cli.call import Call
from wisp.cli.commands.requirements import Requirements, selection_of, tell_where
from wisp.cli.declare import top
from wisp.cli.opening import open_workspace, usage_of


def run(call: Call[Requirements]) -> int:
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


COMMAND = top("remove", Requirements, run, help_without_words=True, example="remove numpy")
