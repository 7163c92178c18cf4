"""The text that the task shell runs for a node, and the text that people see."""

from __future__ import annotations

from wisp.tasks.args import quote
from wisp.tasks.templates import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wisp.tasks.graph import TaskNode


def command(node: TaskNode) -> str:
    """Return the rendered command without the words passed on; raises `TaskError`."""
    cmd = node.task.cmd
    if cmd is None or node.task.form == "custom":
        return str(cmd or "")
    if isinstance(cmd, str):
        return render(cmd, node.context, node.arguments)
    return joined(render(part, node.context, node.arguments) for part in cmd)


def joined(words: Iterable[str]) -> str:
    """Join words to a command, those that would not stay one word in double quotes."""
    return " ".join(map(_word, words))


def _word(text: str) -> str:
    if text and not any(char in " \t\r\n[]" for char in text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _runnable(node: TaskNode) -> str:
    """Return the command as it is run: of a list, each word arrives as it is written."""
    cmd = node.task.cmd
    if cmd is None or isinstance(cmd, str) or node.task.form == "custom":
        return command(node)
    return " ".join(_kept(render(part, node.context, node.arguments)) for part in cmd)


def _kept(text: str) -> str:
    """Write a word so that only variables, patterns and operators in it keep their meaning."""
    if text and not set(text) & set(" \t\r\n[]\\'\""):
        return text
    if "$(" in text or "`" in text:
        return _word(text)
    if "$" not in text:
        return quote(text)
    # Within double quotes variables live; quotes and backslashes stand in single ones.
    parts: list[str] = []
    for char in text:
        safe = char not in '\\"'
        opening = '"' if safe else "'"
        if parts and parts[-1][0] == opening:
            parts[-1] += char
        else:
            parts.append(opening + char)
    return "".join(part + part[0] for part in parts)


def shown(node: TaskNode) -> str:
    """Return the command as it is shown and fingerprinted, with the words passed on."""
    return " ".join([command(node), *node.arguments.extra])


def script(node: TaskNode) -> str:
    """Return the script: the task's own variables, the command, the words passed on."""
    exports = []
    for name, value in node.task.env.items():
        escaped = render(value, node.context, node.arguments).replace('"', '\\"')
        exports.append(f'export "{name}={escaped}";\n')
    words = [_runnable(node).rstrip(), *map(quote, node.arguments.extra)]
    return "".join(exports) + ("\n" if exports else "") + " ".join(words)
