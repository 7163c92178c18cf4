"""`[tasks]`: commands, aliases and their arguments."""

from __future__ import annotations

from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_array, as_text, as_text_map, as_texts, wrong_kind
from wisp.specs.task import Task, TaskArg, TaskDependency

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_tasks(parent: Table, key: str = "tasks") -> dict[str, Task]:
    """Read a table of tasks in the order of the file."""
    table = parent.table(key)
    if table is None:
        return {}
    return {name: _read_task(name, value, path, table) for name, value, path in table.items()}


def _read_task(name: str, value: Any, path: ValuePath, parent: Table) -> Task:
    if isinstance(value, str):
        return Task(name, value)
    if isinstance(value, list):
        return Task(name, form="alias", depends_on=_alias_list(value, path, parent))
    if not isinstance(value, dict):
        raise wrong_kind("a string, an array or a table", value, path)
    table = Table(value, path, parent.notes)
    return _read_command(name, table) if "cmd" in table else _read_alias(name, table)


def _alias_list(items: list[Any], path: ValuePath, parent: Table) -> tuple[TaskDependency, ...]:
    """Read the short form of an alias, a list of tables; plain names are not accepted there."""
    return tuple(
        _read_dependency(Table(item, (*path, index), parent.notes))
        for index, item in enumerate(items)
    )


def _read_alias(name: str, table: Table) -> Task:
    task = Task(
        name,
        form="alias",
        depends_on=_read_dependencies(table),
        description=table.text("description"),
        args=_read_args(table),
    )
    table.finish("cmd")
    return task


def _read_command(name: str, table: Table) -> Task:
    task = Task(
        name,
        table.read("cmd", _command),
        form="table",
        inputs=table.texts("inputs"),
        outputs=table.texts("outputs"),
        depends_on=_read_dependencies(table),
        cwd=table.text("cwd"),
        env=table.read("env", as_text_map),
        default_environment=table.text("default-environment"),
        description=table.text("description"),
        clean_env=table.flag("clean-env") or False,
        args=_read_args(table),
    )
    table.finish()
    return task


def _command(value: Any, path: ValuePath) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return as_texts(value, path)
    if not isinstance(value, str):
        raise wrong_kind("a string or an array", value, path)
    return value


def _read_dependencies(table: Table) -> tuple[TaskDependency, ...]:
    key = "depends-on"
    if key not in table and "depends_on" in table:
        key = "depends_on"
        table.warn("The `depends_on` field is deprecated. Use `depends-on` instead.")
    value = table.raw(key)
    path = (*table.path, key)
    if value is None:
        return ()
    if isinstance(value, str):
        return (TaskDependency(value),)
    if not isinstance(value, list):
        raise wrong_kind("a string or an array", value, path)
    found = []
    for index, item in enumerate(value):
        if isinstance(item, str):
            found.append(TaskDependency(item))
        elif isinstance(item, dict):
            found.append(_read_dependency(Table(item, (*path, index), table.notes)))
        else:
            raise wrong_kind("a string or a table", item, (*path, index))
    return tuple(found)


def _read_dependency(table: Table) -> TaskDependency:
    name = table.required_text("task")
    args = table.read("args", _dependency_args) or ()
    environment = table.text("environment")
    table.finish()
    return TaskDependency(name, args, environment)


def _dependency_args(value: Any, path: ValuePath) -> tuple[str | tuple[str, str], ...]:
    """Read arguments: a string is positional, a table with one entry names its argument."""
    found: list[str | tuple[str, str]] = []
    for index, item in enumerate(as_array(value, path)):
        here = (*path, index)
        if isinstance(item, dict):
            if len(item) != 1:
                raise Fault("expected a table with exactly one key, the argument's name", here)
            ((name, text),) = item.items()
            found.append((name, as_text(text, (*here, name))))
        elif isinstance(item, str):
            found.append(item)
        else:
            raise wrong_kind("a string or a table", item, here)
    return tuple(found)


def _read_args(table: Table) -> tuple[TaskArg, ...] | None:
    value = table.raw("args")
    path = (*table.path, "args")
    if value is None:
        return None
    args = tuple(
        _read_arg(item, (*path, index), table) for index, item in enumerate(as_array(value, path))
    )
    with_default = False
    times: dict[str, int] = {}
    for arg in args:
        times[arg.name] = times.get(arg.name, 0) + 1
    for name in [name for name, count in times.items() if count > 1]:
        table.warn(
            f"the argument '{name}' is declared more than once, the last one counts", located=True
        )
    for arg in args:
        with_default = with_default or arg.default is not None
        if with_default and arg.default is None:
            raise table.fault("default value required after previous arguments with defaults")
    return args


def _read_arg(value: Any, path: ValuePath, parent: Table) -> TaskArg:
    if isinstance(value, str):
        return TaskArg(_arg_name(value, path))
    if not isinstance(value, dict):
        raise wrong_kind("a string or a table", value, path)
    table = Table(value, path, parent.notes)
    name = _arg_name(table.required_text("arg"), (*path, "arg"))
    arg = TaskArg(name, table.text("default"), table.texts("choices"))
    table.finish()
    if arg.choices is not None and arg.default is not None and arg.default not in arg.choices:
        raise table.fault(
            f"the default value '{arg.default}' of argument '{name}' is not one of its choices: "
            + ", ".join(arg.choices)
        )
    return arg


def _arg_name(name: str, path: ValuePath) -> str:
    if "-" in name:
        raise Fault(
            f"'{name}' is not a valid argument name since it contains the character '-'", path
        )
    return name
