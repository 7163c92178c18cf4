"""Which tasks exist where, and in which environment a name means to run.

Everything here is data: what a manifest says about tasks, for the platform at hand, and whether
an environment can be used on this machine.
"""

from __future__ import annotations

from wisp.errors import TaskError
from wisp.layout import DEFAULT_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from wisp.specs.task import Task


class EnvironmentTasks:
    """The tasks of one environment for one platform.

    `runnable` tells whether this machine can use the environment; `elsewhere` maps names that the
    environment knows only for other platforms to those platforms. What is `unlisted` can be run,
    but stands in no list: tasks for a platform that is not this machine's.
    """

    __slots__ = ("elsewhere", "name", "platform", "runnable", "tasks", "unlisted")

    def __init__(
        self,
        name: str,
        tasks: Mapping[str, Task],
        *,
        platform: str = "",
        runnable: bool = True,
        elsewhere: Mapping[str, Sequence[str]] | None = None,
        unlisted: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.tasks = tasks
        self.platform = platform
        self.runnable = runnable
        self.elsewhere = dict(elsewhere or {})
        self.unlisted = tuple(unlisted)


class Catalogue:
    """The environments of a workspace by name, in the order of the manifest.

    Where it is not `strict`, a `default-environment` that there is not counts for nothing.
    """

    __slots__ = ("environments", "strict")

    def __init__(self, environments: Sequence[EnvironmentTasks], *, strict: bool = True) -> None:
        self.environments = {environment.name: environment for environment in environments}
        self.strict = strict

    def having(self, name: str) -> list[EnvironmentTasks]:
        """The environments that have a task of that name: those that run here, if there are any.

        Whoever runs in another one is told what it lacks once its lock is known.
        """
        having = [e for e in self.environments.values() if name in e.tasks]
        return [e for e in having if e.runnable] or having

    def all_names(self) -> list[str]:
        """The names of all tasks, hidden ones too."""
        return sorted({name for e in self.environments.values() for name in e.tasks})

    def visible(self, explicit: str | None = None) -> list[str]:
        """The names to show: of one environment or all, sorted, without hidden ones."""
        chosen = [e for e in self.environments.values() if explicit in (None, e.name)]
        names = {
            name
            for environment in chosen
            for name in environment.tasks
            if name not in environment.unlisted
        }
        return sorted(name for name in names if not name.startswith("_"))


def find(
    catalogue: Catalogue,
    name: str,
    explicit: str | None = None,
    choose: Callable[[str, list[str]], str | None] | None = None,
    path: Sequence[str] = (),
) -> tuple[EnvironmentTasks, Task] | None:
    """Find the task of a name and the environment to run it in; None if no environment has it.

    `explicit` is the one environment to look into. Otherwise the default environment has
    precedence unless another one defines the name differently, and a task's
    `default-environment` decides between several. `choose` asks a person, given the name and the
    environments; without an answer the name is ambiguous and `TaskError` is raised. `path` leads
    from the task that was asked for to the one that needs this one.
    """
    if explicit is not None:
        chosen = catalogue.environments.get(explicit)
        return (chosen, chosen.tasks[name]) if chosen and name in chosen.tasks else None
    candidates = catalogue.having(name)
    found = _of_default(candidates, name)
    if found is None and candidates:
        found = _only_or_preferred(candidates, name)
        if found is None:
            names = [environment.name for environment in candidates]
            answer = choose(name, names) if choose else None
            if answer is None:
                raise _ambiguous(name, candidates, path)
            found = catalogue.environments[answer]
    if found is None:
        return None
    preferred = found.tasks[name].default_environment
    if preferred is not None and catalogue.strict:
        check_environment(catalogue, preferred, f"`default-environment` of task '{name}'")
    return found, found.tasks[name]


def check_environment(catalogue: Catalogue, name: str, place: str = "") -> None:
    """Raise `TaskError` for an environment that there is not; `place` is what names it."""
    if name in catalogue.environments:
        return
    from wisp.specs.similarity import among

    where = f" in {place}" if place else ""
    raise TaskError(
        f"unknown environment '{name}'{where}",
        hints=among("environments", name, catalogue.environments),
    )


def _of_default(candidates: Sequence[EnvironmentTasks], name: str) -> EnvironmentTasks | None:
    default = next((e for e in candidates if e.name == DEFAULT_ENVIRONMENT), None)
    if default is None:
        return None
    task = default.tasks[name]
    preferred = next((e for e in candidates if e.name == task.default_environment), None)
    if preferred is not None:
        return preferred
    return default if all(same(task, e.tasks[name]) for e in candidates) else None


def _only_or_preferred(
    candidates: Sequence[EnvironmentTasks], name: str
) -> EnvironmentTasks | None:
    if len(candidates) == 1:
        return candidates[0]
    return next((e for e in candidates if e.tasks[name].default_environment == e.name), None)


def same(one: Task, other: Task) -> bool:
    """Whether two tasks are defined alike."""
    return one is other or _definition(one) == _definition(other)


def _definition(task: Task) -> tuple[object, ...]:
    args = None if task.args is None else [(a.name, a.default, a.choices) for a in task.args]
    needs = tuple((d.task, d.args, d.environment) for d in task.depends_on)
    env = tuple(task.env.items())
    files = (task.inputs, task.outputs)
    rest = (task.cwd, task.clean_env, task.default_environment, task.description)
    return (task.form, task.cmd, args, needs, env, files, rest)


def _ambiguous(name: str, candidates: Sequence[EnvironmentTasks], path: Sequence[str]) -> TaskError:
    names = [environment.name for environment in candidates]
    asked = path[0] if path else name
    having = next((one.name for one in candidates if asked in one.tasks), None)
    hints = [f"it is defined in several environments: {', '.join(names)}"]
    if path:
        wanted = f'{{ task = "{name}", environment = "{names[0]}" }}'
        hints.append(f"the task '{path[-1]}' depends on it, and may name one: `{wanted}`")
    if having is not None:
        hints.append(f"choose one with `--environment`, e.g. `pixi run -e {having} {asked}`")
    return TaskError(f"the task '{name}' is ambiguous", hints=hints)


def unavailable(
    catalogue: Catalogue, name: str, explicit: str | None, platform: str | None, host: str = ""
) -> TaskError | None:
    """Say where a name is defined that cannot be used here; None if it is defined nowhere."""
    places = [
        f"environment '{environment.name}'"
        + (
            f" for {', '.join(environment.elsewhere[name])}"
            if name in environment.elsewhere
            else ""
        )
        for environment in catalogue.environments.values()
        if name in environment.tasks or name in environment.elsewhere
    ]
    if not places:
        return None
    where = "on this machine"
    if explicit is not None:
        where = f"in environment '{explicit}'"
    elif platform is not None:
        where = f"for platform '{platform}'"
    return TaskError(
        f"the task '{name}' is not available {where}",
        hints=(f"it is defined in {'; '.join(places)}", *_add_platform(catalogue, name, host)),
    )


def _add_platform(catalogue: Catalogue, name: str, host: str) -> list[str]:
    """Say how a task can run here whose environments are all for other machines."""
    having = [e for e in catalogue.environments.values() if name in e.tasks]
    if not host or not having or any(environment.runnable for environment in having):
        return []
    made_for = ", ".join(dict.fromkeys(environment.platform for environment in having))
    return [
        f"this machine is {host}, and what has the task is for {made_for}",
        f"`pixi workspace platform add {host}` adds this machine to the workspace",
    ]


def listing(names: Sequence[str]) -> str:
    """Return the list that is shown where there is nothing to run."""
    return "\nAvailable tasks:" + "".join(f"\n\t{name}" for name in names)
