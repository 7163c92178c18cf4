"""`$NAME` in a value, expanded as bash does between double quotes, without asking bash.

Only what needs no shell is done here: names, with or without braces, and backslash escapes.
Whatever else starts with a dollar sign or a backtick is left to a real bash.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_REST = _FIRST | frozenset("0123456789")
#: Characters that give a dollar sign in front of them a meaning.
_SPECIAL = frozenset("({[?$!#@*-0123456789")

#: Variables that bash itself gives a value, whatever the environment says.
_NAMES = (
    "_ COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HOSTNAME HOSTTYPE "
    "IFS LINENO MACHTYPE OLDPWD OPTERR OPTIND OSTYPE PIPESTATUS PPID PS4 PWD RANDOM SECONDS SHELL "
    "SHELLOPTS SHLVL SRANDOM TERM UID"
)
_OF_BASH = frozenset(_NAMES.split())


def expand(value: str, variables: Mapping[str, str]) -> str | None:
    """Return the value with its variables filled in, or None where a shell is needed."""
    parts: list[str] = []
    index = 0
    while index < len(value):
        char = value[index]
        if char == "`":
            return None
        if char == "\\" and value[index + 1 : index + 2] in ("$", "`", "\\"):
            parts.append(value[index + 1])
            index += 2
        elif char == "$":
            end, text = _dollar(value, index, variables)
            if text is None:
                return None
            parts.append(text)
            index = end
        else:
            parts.append(char)
            index += 1
    return "".join(parts)


def _dollar(value: str, index: int, variables: Mapping[str, str]) -> tuple[int, str | None]:
    """Read what stands at a dollar sign: where it ends, and its text (None: ask a shell)."""
    start = index + 1
    braced = value[start : start + 1] == "{"
    start += braced
    end = start
    while end < len(value) and value[end] in (_FIRST if end == start else _REST):
        end += 1
    name = value[start:end]
    if name in _OF_BASH or name.startswith("BASH"):
        return index, None
    if name and (not braced or value[end : end + 1] == "}"):
        return end + braced, variables.get(name, "")
    if value[index + 1 : index + 2] in _SPECIAL:
        return index, None
    return index + 1, "$"


def quoted(value: str) -> str:
    """Write a value between double quotes so that bash expands it as `expand` does."""
    parts: list[str] = []
    index = 0
    while index < len(value):
        pair = value[index : index + 2]
        if pair in ("\\$", "\\`", "\\\\"):
            parts.append(pair)
            index += 2
            continue
        parts.append("\\" + value[index] if value[index] in '"\\' else value[index])
        index += 1
    return '"' + "".join(parts) + '"'
