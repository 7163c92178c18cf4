"""`remove`: take requirements out of the manifest, lock and install."""

from __future__ import annotations

from wisp.cli.call import Call
from wisp.cli.commands.requirements import Requirements, selection_of, tell_where
from wisp.cli.declare import top
from wisp.cli.opening import open_workspace, usage_of


def run(call: Call[Requirements]) -> int:
    """Remove, and say what went."""
    where, words = selection_of(call), call.values.spec
    open_workspace(call).edit.remove(words, **where, usage=usage_of(call))
    for word in words:
        call.out.success(f"Removed {word}")
    tell_where(call, "Removed", where)
    return 0


COMMAND = top("remove", Requirements, run, help_without_words=True, example="remove numpy")
