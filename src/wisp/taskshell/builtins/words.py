"""`echo`, `true`, `:`, `false`, `exit`."""

from __future__ import annotations

from wisp.taskshell.builtins.arguments import flags_and_operands
from wisp.taskshell.control import Leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.builtins.call import BuiltinCall

USAGE = 2


def echo(call: BuiltinCall) -> int:
    """Print the words as they are: no flags, no escapes."""
    call.print(" ".join(call.arguments))
    return 0


def true(call: BuiltinCall) -> int:  # noqa: ARG001
    """Succeed."""
    return 0


def false(call: BuiltinCall) -> int:  # noqa: ARG001
    """Fail."""
    return 1


def exit_(call: BuiltinCall) -> int:
    """Leave the list, with 1 unless a number is given."""
    raise Leave(_exit_status(call))


def _exit_status(call: BuiltinCall) -> int:
    found = flags_and_operands(call.arguments)
    for kind, text in found:
        if kind == "flag":
            call.complain(f"unsupported flag: {text}")
            return USAGE
    if len(found) > 1:
        call.complain("too many arguments")
        return USAGE
    if not found:
        return 1
    try:
        return int(found[0][1]) % 256
    except ValueError:
        call.complain("numeric argument required.")
        return USAGE
