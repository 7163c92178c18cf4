"""The built-in commands: they win over files on PATH and behave alike everywhere.

A command is a function from a `Call` to a status, in the module of its family, which is loaded
when the command is first met.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp.taskshell.builtins.call import BuiltinCall

NAMES = {
    ":": ("words", "true"),
    "cat": ("reading", "cat"),
    "cd": ("folders", "cd"),
    "cp": ("copying", "cp"),
    "echo": ("words", "echo"),
    "exit": ("words", "exit_"),
    "export": ("variables", "export"),
    "false": ("words", "false"),
    "head": ("reading", "head"),
    "mkdir": ("folders", "mkdir"),
    "mv": ("copying", "mv"),
    "pwd": ("folders", "pwd"),
    "rm": ("removing", "rm"),
    "set": ("options", "set_"),
    "shopt": ("options", "shopt"),
    "sleep": ("sleeping", "sleep"),
    "test": ("testing", "test"),
    "true": ("words", "true"),
    "unset": ("variables", "unset"),
    "xargs": ("xargs", "xargs"),
}
"""Name of each command, with the module and the function that do it."""

QUICK = frozenset(NAMES) - {"cat", "cp", "head", "mkdir", "mv", "rm", "sleep", "xargs"}
"""Commands that never wait for anything, so background items need not start before them."""


def find(name: str) -> Callable[[BuiltinCall], int]:
    """Give the function of a command.

    Raises `KeyError`: there is no such built-in.
    """
    family, function = NAMES[name]
    module = __import__(f"{__name__}.{family}", fromlist=(function,))
    found: Callable[[BuiltinCall], int] = getattr(module, function)
    return found
