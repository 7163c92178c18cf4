"""Edits of task tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.environments import open_environment
from wisp.manifest.edit.literals import Data
from wisp.specs.task import Task, TaskDependency


def put_task(document: Document, part: ManifestPart, task: Task) -> Document:
    """Write a task or an alias (a task without a command)."""
    document = open_environment(document, part)
    path = document.path(part, "tasks", task.name)
    return document.set(path, task_data(task))


def remove_task(document: Document, part: ManifestPart, name: str) -> Document:
    """Take a task away; it has to be there."""
    return document.remove(document.path(part, "tasks", name))


def has_task(document: Document, part: ManifestPart, name: str) -> bool:
    """Tell whether a part has a task."""
    return document.get(document.path(part, "tasks", name)) is not None


def task_data(task: Task) -> Data:
    """Spell a task as briefly as the manifest allows."""
    dependencies = [_dependency(item) for item in task.depends_on]
    if task.cmd is None:
        needs = [item if isinstance(item, dict) else {"task": item} for item in dependencies]
        args = [_argument(arg.name, arg.default, arg.choices) for arg in task.args or ()]
        if task.description is None and not args:
            return needs
        whole: dict[str, Data] = {
            "args": args,
            "depends-on": needs,
            "description": task.description or "",
        }
        return {key: value for key, value in whole.items() if value}
    table: dict[str, Data] = {
        "cmd": task.cmd if isinstance(task.cmd, str) else list(task.cmd),
        "args": [_argument(arg.name, arg.default, arg.choices) for arg in task.args or ()],
        "default-environment": task.default_environment or "",
        "depends-on": dependencies,
        "cwd": task.cwd or "",
        "env": dict(task.env),
        "description": task.description or "",
    }
    filled = {key: value for key, value in table.items() if value}
    return table["cmd"] if filled.keys() <= {"cmd"} else filled


def _argument(name: str, default: str | None, choices: Sequence[str] | None) -> Data:
    if default is None and choices is None:
        return name
    table: dict[str, Data] = {"arg": name}
    if default is not None:
        table["default"] = default
    if choices is not None:
        table["choices"] = list(choices)
    return table


def _dependency(dependency: TaskDependency) -> str | Mapping[str, Data]:
    if not dependency.args and dependency.environment is None:
        return dependency.task
    table: dict[str, Data] = {"task": dependency.task}
    if dependency.args:
        table["args"] = [
            item if isinstance(item, str) else {item[0]: item[1]} for item in dependency.args
        ]
    if dependency.environment is not None:
        table["environment"] = dependency.environment
    return table
