"""`sleep`."""

from __future__ import annotations

from wisp.taskshell.builtins.arguments import split
from wisp.taskshell.builtins.call import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.builtins.call import BuiltinCall

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SLICE = 0.05
"""How often a sleeper looks whether it must stop, where it cannot be woken, in seconds."""


def sleep(call: BuiltinCall) -> int:
    """Wait for the sum of the times."""
    _, operands = split(call.arguments, {})
    if not operands:
        raise CommandError("missing operand")
    _wait(call, sum(_seconds(operand) for operand in operands))
    return 0


def _seconds(text: str) -> float:
    unit = UNITS.get(text[-1:])
    number = text[:-1] if unit else text
    try:
        if "_" in number:
            raise ValueError(number)
        seconds = float(number)
    except ValueError:
        raise CommandError(
            f"error parsing argument '{text}' to number: invalid float literal"
        ) from None
    # `max` in this order also makes nothing of what is not a number.
    return max(0, seconds) * (unit or 1)


def _wait(call: BuiltinCall, seconds: float) -> None:
    alarm = call.control.alarm()
    if alarm < 0:
        _wait_in_slices(call, seconds)
        return
    import select
    import time

    end = time.monotonic() + seconds
    poll = select.poll()
    poll.register(alarm, select.POLLIN)
    while (left := end - time.monotonic()) > 0:
        if poll.poll(min(left, UNITS["d"]) * 1000):
            call.control.check()


def _wait_in_slices(call: BuiltinCall, seconds: float) -> None:
    import time

    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        call.control.check()
        time.sleep(min(left, SLICE))
