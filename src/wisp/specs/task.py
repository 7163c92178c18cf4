"""Tasks as values, light enough for the fast lane (no dataclasses, no typing at run time)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class TaskArg:
    """A declared argument of a task: its name, default and the values it may take."""

    __slots__ = ("choices", "default", "name")

    def __init__(
        self, name: str, default: str | None = None, choices: tuple[str, ...] | None = None
    ) -> None:
        self.name = name
        self.default = default
        self.choices = choices

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


class TaskDependency:
    """A task that has to run before: its name, arguments for it, and where it shall run.

    An argument is a text (positional) or a pair of name and text; all may be templates.
    """

    __slots__ = ("args", "environment", "task")

    def __init__(
        self,
        task: str,
        args: tuple[str | tuple[str, str], ...] = (),
        environment: str | None = None,
    ) -> None:
        self.task = task
        self.args = args
        self.environment = environment

    def __repr__(self) -> str:
        return f"<{type(self).__name__} on {self.task!r}>"


class Task:
    """A named command or alias of a manifest.

    `cmd` is a script for the task shell, or a tuple of words to be quoted and joined, or None for
    an alias, which only runs what it depends on. `form` tells how it was written (`string`,
    `table` or `alias`), since Pixi prints and caches only table tasks in some places. `env` keeps
    the order of the file. `cwd` is relative to the workspace root.
    """

    __slots__ = (
        "args",
        "clean_env",
        "cmd",
        "cwd",
        "default_environment",
        "depends_on",
        "description",
        "env",
        "form",
        "inputs",
        "name",
        "outputs",
    )

    def __init__(
        self,
        name: str,
        cmd: str | tuple[str, ...] | None = None,
        *,
        form: str = "string",
        args: tuple[TaskArg, ...] | None = None,
        depends_on: tuple[TaskDependency, ...] = (),
        inputs: tuple[str, ...] | None = None,
        outputs: tuple[str, ...] | None = None,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        default_environment: str | None = None,
        description: str | None = None,
        clean_env: bool = False,
    ) -> None:
        self.name = name
        self.cmd = cmd
        self.form = form
        self.args = args
        self.depends_on = depends_on
        self.inputs = inputs
        self.outputs = outputs
        self.cwd = cwd
        self.env = dict(env or {})
        self.default_environment = default_environment
        self.description = description
        self.clean_env = clean_env

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"
