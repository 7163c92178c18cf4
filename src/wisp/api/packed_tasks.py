"""Tasks as plain data, which a snapshot can hold, and back: each made when it is asked for."""

from __future__ import annotations

from wisp.specs.task import Task, TaskArg, TaskDependency

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: Where in a tuple stand what a task takes, (name, default, choices) each, and what it is for.
ARGS, DESCRIPTION = 2, 9


def pack(task: Task) -> tuple[Any, ...]:
    """Turn a task into plain data."""
    args = task.args
    return (
        task.cmd,
        task.form,
        None if args is None else tuple((a.name, a.default, a.choices) for a in args),
        tuple((d.task, d.args, d.environment) for d in task.depends_on),
        task.inputs,
        task.outputs,
        task.cwd,
        tuple(task.env.items()),
        task.default_environment,
        task.description,
        task.clean_env,
    )


def unpack(name: str, data: tuple[Any, ...]) -> Task:
    """Make a task of plain data again."""
    cmd, form, args, needs, inputs, outputs, cwd, env, default, description, clean = data
    return Task(
        name,
        cmd,
        form=form,
        args=None if args is None else tuple(TaskArg(*arg) for arg in args),
        depends_on=tuple(TaskDependency(*need) for need in needs),
        inputs=inputs,
        outputs=outputs,
        cwd=cwd,
        env=dict(env),
        default_environment=default,
        description=description,
        clean_env=clean,
    )


class Tasks(dict[str, Task]):
    """Tasks by name, each made when it is first asked for."""

    def __init__(self, data: Mapping[str, tuple[Any, ...]]) -> None:
        super().__init__()
        self._data = data

    def __missing__(self, name: str) -> Task:
        self[name] = task = unpack(name, self._data[name])
        return task

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __iter__(self) -> Any:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)
