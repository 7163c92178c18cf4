"""Tasks of a workspace as `task list` shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wisp.manifest.model import Environment, Feature, Manifest
from wisp.platforms import Platform, VirtualPackage
from wisp.specs.task import Task, TaskDependency
from wisp.values import dataclass
from wisp.workspace.compose import environments
from wisp.workspace.features import environment_named, features_of, targets_of
from wisp.workspace.platforms import select_platform
from wisp.workspace.tasks import tasks_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.api.machine_platform import Runnability


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A visible task: its name, description, and whether this machine can run it."""

    name: str
    description: str
    runnable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskListing:
    """All forms of the list.

    `summary` has a row for each environment: its name, how it runs on this machine, and its visible
    tasks, sorted.
    """

    rows: tuple[TaskRow, ...]
    summary: tuple[tuple[str, Runnability, tuple[str, ...]], ...]
    data: list[dict[str, Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the visible tasks, sorted."""
        return tuple(row.name for row in self.rows)


def task_listing(
    manifest: Manifest,
    subdir: str,
    provided: tuple[VirtualPackage, ...],
    environment: str | None = None,
    runs: Callable[[str], Runnability] = lambda _: "by design",
) -> TaskListing:
    """List the tasks of all environments, or of one.

    `subdir` and `provided` describe the machine, `runs` tells of an environment how it runs there.
    Where none of its platforms fits, it shows what is declared for all platforms. Raises
    `ManifestError` for an unknown environment.
    """
    chosen = (
        environments(manifest)
        if environment is None
        else (environment_named(manifest, environment),)
    )
    best = {one.name: select_platform(manifest, one, subdir, provided) for one in chosen}
    marks = {one.name: runs(one.name) for one in chosen}
    return TaskListing(
        rows=_rows(manifest, chosen, best, marks),
        summary=tuple(
            (one.name, marks[one.name], _visible(manifest, one, best[one.name])) for one in chosen
        ),
        data=[
            _environment_json(manifest, one, best[one.name])
            for one in sorted(chosen, key=lambda one: one.name)
        ],
    )


def _visible(
    manifest: Manifest, environment: Environment, platform: Platform | None
) -> tuple[str, ...]:
    names = tasks_of(manifest, environment, platform)
    return tuple(sorted(name for name in names if not name.startswith("_")))


def _rows(
    manifest: Manifest,
    chosen: Iterable[Environment],
    best: Mapping[str, Platform | None],
    marks: Mapping[str, Runnability],
) -> tuple[TaskRow, ...]:
    found: dict[str, TaskRow] = {}
    for environment in chosen:
        runs = marks[environment.name] != "not runnable here"
        for name, task in tasks_of(manifest, environment, best[environment.name]).items():
            known = found.get(name)
            if name.startswith("_") or (known is not None and known.runnable):
                continue
            described = " ".join((task.description or "").split())
            found[name] = TaskRow(name=name, description=described, runnable=runs)
    return tuple(found[name] for name in sorted(found))


def _environment_json(
    manifest: Manifest, environment: Environment, platform: Platform | None
) -> dict[str, Any]:
    inline: dict[str, Task] = {}
    features: dict[str, dict[str, Task]] = {}
    for feature in features_of(manifest, environment):
        tasks = _declared(feature, platform)
        if feature is environment.inline:
            inline = tasks
        else:
            features[feature.name] = tasks
    return {
        "environment": environment.name,
        "tasks": [task_json(task) for task in inline.values()],
        "features": [
            {"name": name, "tasks": [task_json(task) for task in tasks.values()]}
            for name, tasks in features.items()
        ],
    }


def _declared(feature: Feature, platform: Platform | None) -> dict[str, Task]:
    """Return the tasks of a feature, the general definition of a name before that of a target.

    What runs is the other way round; the list shows how a task is declared for everybody.
    """
    found: dict[str, Task] = {}
    for target in targets_of(feature, platform):
        found = {**target.tasks, **found}
    return found


def task_json(task: Task) -> dict[str, Any]:
    """Return a task in the shape of `task list --json`; templates stay as they are."""
    args = task.args
    return {
        "name": task.name,
        "cmd": " ".join(task.cmd) if isinstance(task.cmd, tuple) else task.cmd,
        "description": task.description,
        "depends_on": [_dependency_json(dependency) for dependency in task.depends_on],
        "args": None
        if args is None
        else [
            {"name": arg.name, "default": arg.default, "choices": _list(arg.choices)}
            for arg in args
        ],
        "cwd": task.cwd,
        "env": task.env or None,
        "default_environment": task.default_environment,
        "clean_env": task.clean_env,
        "inputs": _list(task.inputs),
        "outputs": _list(task.outputs),
    }


def _list(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)


def _dependency_json(dependency: TaskDependency) -> dict[str, Any]:
    args = [
        {"Positional": arg} if isinstance(arg, str) else {"Named": list(arg)}
        for arg in dependency.args
    ]
    return {
        "task_name": dependency.task,
        "args": args or None,
        "environment": dependency.environment,
    }
