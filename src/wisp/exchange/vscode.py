"""What VS Code reads of a workspace: `.vscode/settings.json` and `.vscode/tasks.json`.

Both are JSON with comments. What stands there stays: only the interpreter is set, tasks are added
whose labels are not there yet, and those that were written here and are no more go (schema of
tasks: version 2.0.0 of VS Code).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from wisp.errors import ConfigError, Place
from wisp.json_spans import JsonError, Node, parse, with_item, with_member, without_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = ".vscode"
SETTINGS = "settings.json"
TASKS = "tasks.json"
_EXPANDED = "${"
_INTERPRETER = "python.defaultInterpreterPath"


def settings(text: str, file: str, interpreter: str) -> str:
    """Return settings in which the interpreter is set. Raises `ConfigError` for damaged ones."""
    node = _object(text, file)
    assert node.members is not None
    known = node.members.get(_INTERPRETER)
    if known is not None and known.data() == interpreter:
        return text
    return with_member(text, node, _INTERPRETER, interpreter)


def tasks(text: str, file: str, wanted: Iterable[Mapping[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """Return tasks in which those wanted are, unless their labels are taken, and who is left out.

    A task whose name or description VS Code would expand, and run a command of its own, is left
    out: it has no way to say that a text is what it is. Raises `ConfigError` for a damaged text.
    """
    left_out: list[str] = []
    node = _object(text, file)
    assert node.members is not None
    if "version" not in node.members:
        text = with_member(text, node, "version", "2.0.0")
        node = _object(text, file)
    known = _listed(text, file, node)
    for task in wanted:
        if task["label"] in known:
            continue
        if _EXPANDED in json.dumps(task):
            left_out.append(task["label"])
        else:
            text = _with_task(text, file, task)
    return text, tuple(left_out)


def without_gone(
    text: str, file: str, program: str, exists: Callable[[str, str | None], bool]
) -> str:
    """Return tasks without those that `task` made of what is no more.

    `exists` tells it of a task's name and its environment, None for the default one. What was
    changed by hand is not ours, and stays. Raises `ConfigError` for a damaged text.
    """
    node = _object(text, file)
    assert node.members is not None
    rows = node.members.get("tasks")
    if rows is None or rows.items is None:
        return text
    for index, item in reversed(list(enumerate(rows.items))):
        known = _made_of(item.data(), program)
        if known is not None and not exists(*known):
            text = without_item(text, rows, index)
            again = _object(text, file).members
            assert again is not None
            rows = again["tasks"]
    return text


def _made_of(row: Any, program: str) -> tuple[str, str | None] | None:
    """Return name and environment that `task` made a row of; None for other rows."""
    match row:
        case {"args": ["run", "-e", str(environment), str(name)]}:
            found: tuple[str, str | None] = name, environment
        case {"args": ["run", str(name)]}:
            found = name, None
        case _:
            return None
    name, named = found
    return found if row == task(program, name, row.get("detail"), named) else None


def task(program: str, name: str, description: str | None, environment: str | None) -> Any:
    """Return how VS Code runs a task; `environment` is named where it is not the default one."""
    shown = name if environment is None else f"{name} ({environment})"
    words = ["run", *(("-e", environment) if environment else ()), name]
    found = {"label": f"{program}: {shown}", "type": "process", "command": program, "args": words}
    return {**found, "problemMatcher": [], **({"detail": description} if description else {})}


def _listed(text: str, file: str, node: Node) -> set[str]:
    """Return the labels that tasks have already."""
    assert node.members is not None
    rows = node.members.get("tasks")
    if rows is None:
        return set()
    if rows.items is None:
        raise _fault(text, file, "`tasks` is no list", rows.start)
    data = (one.data() for one in rows.items)
    named = (row.get("label") or row.get("taskName") for row in data if isinstance(row, dict))
    return {name for name in named if isinstance(name, str)}


def _with_task(text: str, file: str, data: Any) -> str:
    node = _object(text, file)
    assert node.members is not None
    if "tasks" not in node.members:
        return with_member(text, node, "tasks", [data])
    return with_item(text, node.members["tasks"], data)


def _object(text: str, file: str) -> Node:
    try:
        node = parse(text)
    except JsonError as error:
        place = Place(file, error.line, error.column, text=text)
        raise ConfigError(f"{file} is no JSON: {error}", place=place) from None
    if node.members is None:
        raise _fault(text, file, "it is no object", node.start)
    return node


def _fault(text: str, file: str, message: str, at: int) -> ConfigError:
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    return ConfigError(f"{file}: {message}", place=Place(file, line, column, text=text))
