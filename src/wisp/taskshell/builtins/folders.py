"""`cd`, `pwd`, `mkdir`."""

from __future__ import annotations

import os

from wisp.taskshell.builtins.arguments import spelled, split
from wisp.taskshell.builtins.call import CommandError, refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.builtins.call import BuiltinCall


def cd(call: BuiltinCall) -> int:
    """Enter a folder; `..` is resolved in the text, not through links."""
    _, operands = split(call.arguments, {})
    if not operands:
        raise CommandError("expected at least 1 argument")
    if len(operands) > 1:
        raise CommandError("too many arguments")
    folder = os.path.normpath(call.path(operands[0]))
    if not os.path.isdir(folder):
        raise CommandError(f"{operands[0]}: Not a directory")
    for state in call.states:
        state.enter(folder)
    return 0


def pwd(call: BuiltinCall) -> int:
    """Print the folder; `-L` resolves links (so it is in the shell we follow)."""
    flags, _ = split(call.arguments, {"-L": "resolved", "-P": "plain"})
    cwd = call.state.cwd
    call.print(os.path.realpath(cwd) if "resolved" in flags else cwd)
    return 0


def mkdir(call: BuiltinCall) -> int:
    """Make folders, with `-p` the missing ones above too."""
    flags, operands = split(call.arguments, spelled("parents", ("-p", "--parents")))
    if not operands:
        raise CommandError("missing operand")
    for operand in operands:
        _make(call.path(operand), operand, parents="parents" in flags)
    return 0


def _make(path: str, operand: str, *, parents: bool) -> None:
    refusal = f"cannot create directory '{operand}'"
    if os.path.isfile(path) or (os.path.isdir(path) and not parents):
        raise CommandError(f"{refusal}: File exists")
    try:
        if parents:
            os.makedirs(path, exist_ok=True)
        else:
            os.mkdir(path)
    except OSError as error:
        raise refused(refusal, error) from error
