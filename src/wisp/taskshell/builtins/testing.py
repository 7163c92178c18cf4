"""`test`."""

from __future__ import annotations

import os

from wisp.taskshell.builtins.call import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp.taskshell.builtins.call import BuiltinCall

USAGE = 2
NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda left, right: left == right,
    "-ne": lambda left, right: left != right,
    "-lt": lambda left, right: left < right,
    "-le": lambda left, right: left <= right,
    "-gt": lambda left, right: left > right,
    "-ge": lambda left, right: left >= right,
}
FILES: dict[str, Callable[[str], bool]] = {
    "-e": os.path.exists,
    "-f": os.path.isfile,
    "-d": os.path.isdir,
    "-s": lambda path: os.path.exists(path) and os.stat(path).st_size > 0,
}


def test(call: BuiltinCall) -> int:
    """Judge an expression: 0 true, 1 false, 2 not an expression."""
    return 0 if _holds(call, call.arguments) else 1


def _holds(call: BuiltinCall, words: list[str]) -> bool:
    if len(words) < 2:
        return bool(words and words[0])
    if len(words) == 3 and words[1] in ("=", "!="):
        return (words[0] == words[2]) == (words[1] == "=")
    if len(words) == 3 and words[1] in NUMBERS:
        return NUMBERS[words[1]](_integer(words[0]), _integer(words[2]))
    if words[0] == "!":
        return not _holds(call, words[1:])
    if len(words) == 2:
        return _unary(call, *words)
    if len(words) == 3:
        raise CommandError(f"binary operator expected: {words[1]}", USAGE)
    raise CommandError("too many arguments", USAGE)


def _unary(call: BuiltinCall, operator: str, operand: str) -> bool:
    if operator in ("-n", "-z"):
        return bool(operand) == (operator == "-n")
    if operator in FILES:
        return FILES[operator](call.path(operand))
    raise CommandError(f"unary operator expected: {operator}", USAGE)


def _integer(text: str) -> int:
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not (digits.isascii() and digits.isdigit()):
        raise CommandError(f"integer expression expected: {text}", USAGE)
    return int(text)
