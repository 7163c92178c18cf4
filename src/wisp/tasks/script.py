"""The text that the task shell runs for a node, and the text that people see."""

from __future__ import annotations

from wisp.tasks.args import quote
from wisp.tasks.templates import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wisp.tasks.graph import Node


def command(node: Node) -> str:
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


def shown(node: Node) -> str:
    """Return the command as it is shown and fingerprinted, with the words passed on."""
    return " ".join([command(node), *node.arguments.extra])


def script(node: Node) -> str:
    """Return the script: the task's own variables, the command, the words passed on."""
    exports = []
    for name, value in node.task.env.items():
        escaped = render(value, node.context, node.arguments).replace('"', '\\"')
        exports.append(f'export "{name}={escaped}";\n')
    words = [command(node).rstrip(), *map(quote, node.arguments.extra)]
    return "".join(exports) + ("\n" if exports else "") + " ".join(words)
