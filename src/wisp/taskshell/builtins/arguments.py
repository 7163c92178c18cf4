"""Flags and operands, by the rules all file commands share."""

from __future__ import annotations

from wisp.taskshell.builtins.call import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def flags_and_operands(arguments: list[str]) -> list[tuple[str, str]]:
    """Give ("flag", "-x" or "--word") and ("operand", text) in order.

    `-abc` is three flags, `--` ends them, `-` and numbers such as `-1` are operands.
    """
    found: list[tuple[str, str]] = []
    for index, argument in enumerate(arguments):
        if argument == "--":
            return [*found, *(("operand", rest) for rest in arguments[index + 1 :])]
        if argument.startswith("--"):
            found.append(("flag", argument))
        elif argument.startswith("-") and argument != "-" and not _is_number(argument):
            found.extend(("flag", f"-{letter}") for letter in argument[1:])
        else:
            found.append(("operand", argument))
    return found


def split(arguments: list[str], known: dict[str, str]) -> tuple[set[str], list[str]]:
    """Give the flags by their meaning in `known`, and the operands.

    Raises `CommandError`: a flag that is not known.
    """
    flags, operands = set(), []
    for kind, text in flags_and_operands(arguments):
        if kind == "operand":
            operands.append(text)
        elif text in known:
            flags.add(known[text])
        else:
            raise unsupported(text)
    return flags, operands


def unsupported(flag: str) -> CommandError:
    """Give the error for a flag the command does not have."""
    return CommandError(f"unsupported flag: {flag}")


def spelled(meaning: str, flags: Iterable[str]) -> dict[str, str]:
    """Give a table in which each of the flags has this meaning."""
    return dict.fromkeys(flags, meaning)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
