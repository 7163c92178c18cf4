"""Scripts that are one plain command: found out without the task shell, run in our place.

Only words that no shell would treat specially are understood here. Everything else, and every
doubt, is left to `wisp.taskshell`.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.,:/@%=")
_RESERVED = "if then else elif fi do done case esac while until for in"
#: Python ignores these for itself; a process that takes our place must be able to die of them.
_SIGPIPE, _SIGXFSZ = 13, 25


def words(script: str) -> list[str] | None:
    """Return the words of a plain command; None for any other script.

    Understood are words of harmless characters and such in quotes without expansions.
    """
    found: list[str] = []
    for piece in _pieces(script):
        if piece is None:
            return None
        found.append(piece)
    if not found or not found[0] or "=" in found[0] or found[0] in _RESERVED.split():
        return None
    return found


def _pieces(script: str) -> list[str | None]:
    pieces: list[str | None] = []
    index = 0
    while index < len(script):
        if script[index] in " \t":
            index += 1
            continue
        end, word = _word(script, index)
        pieces.append(word)
        if word is None:
            break
        index = end
    return pieces


def _word(script: str, index: int) -> tuple[int, str | None]:
    """Read one word: where it ends, and its text (None: not plain)."""
    parts: list[str] = []
    while index < len(script) and script[index] not in " \t":
        char = script[index]
        if char in "'\"":
            end = script.find(char, index + 1)
            text = script[index + 1 : end]
            if end < 0 or (char == '"' and (text[:1] == "~" or set(text) & set("$`\\"))):
                return index, None
            parts.append(text)
            index = end + 1
        elif char in _PLAIN:
            parts.append(char)
            index += 1
        else:
            return index, None
    return index, "".join(parts)


def _is_built_in(name: str) -> bool:
    from wisp.taskshell.builtins import NAMES

    return name in NAMES


def executable(name: str, cwd: str, variables: Mapping[str, str]) -> str | None:
    """Find the file that a plain command starts; None where the task shell has to decide."""
    if "/" not in name and _is_built_in(name):
        return None
    folders = [""] if "/" in name else variables.get("PATH", "").split(":")
    for folder in folders:
        path = os.path.join(cwd, folder, name)
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return None


def replace_process(
    path: str, arguments: Sequence[str], cwd: str, variables: Mapping[str, str]
) -> NoReturn:
    """Become another program, whose exit code, signals and terminal are then our own.

    Raises `OSError` where the program cannot be started; then nothing has changed but the
    directory of this process.
    """
    # What `signal` wraps, without the cost of its enumerations.
    import _signal  # type: ignore[import-not-found]

    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # closed by the caller
                stream.flush()
        except OSError:  # what nobody reads is no reason not to run
            continue
    os.chdir(cwd)
    before = [(n, _signal.signal(n, _signal.SIG_DFL)) for n in (_SIGPIPE, _SIGXFSZ)]
    try:
        os.execve(path, [path, *arguments], {**variables, "PWD": cwd})
    finally:
        for number, handler in before:
            if handler is not None:
                _signal.signal(number, handler)
