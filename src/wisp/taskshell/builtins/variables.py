"""`export` and `unset`."""

from __future__ import annotations

from wisp.taskshell.builtins.arguments import unsupported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.builtins.call import BuiltinCall


def export(call: BuiltinCall) -> int:
    """Export each `NAME=VALUE`; other words mean nothing."""
    for argument in call.arguments:
        name, assigned, value = argument.partition("=")
        if name and assigned:
            for state in call.states:
                state.export(name, value)
    return 0


def unset(call: BuiltinCall) -> int:
    """Forget variables; there are no functions for `-f` to forget."""
    names = call.arguments
    if names[:1] == ["-f"]:
        raise unsupported("-f")
    for name in names[1:] if names[:1] == ["-v"] else names:
        for state in call.states:
            state.unset(name)
    return 0
