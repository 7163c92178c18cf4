"""`task`: list the tasks of a workspace, add, alias and remove them."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, arguments, flag, top, value, values
from wisp.cli.names import environment_name
from wisp.cli.opening import open_workspace
from wisp.cli.unknown import similar
from wisp.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    from wisp import TaskArg

    class Part(TypedDict):
        """The part of a manifest that is meant."""

        feature: str | None
        environment: str | None
        platform: str | None


class Where(options.Manifest):
    """The part of the manifest that a task belongs to."""

    feature: str | None = value("-f", "--feature", help="The feature to change")
    environment: str | None = value(
        "-e",
        "--environment",
        conflicts=("--feature",),
        read=environment_name,
        help="The environment whose own tasks to change",
    )


class OnPlatform(Where):
    """The same, for one platform only."""

    platform: str | None = value("-p", "--platform", help="The platform the task is for")


class Add(OnPlatform):
    """What `task add` takes."""

    name: str = argument("NAME", help="Name of the task")
    command: tuple[str, ...] = arguments("COMMAND", help="What it runs")
    depends_on: tuple[str, ...] = values(
        "--depends-on", metavar="TASK", greedy=True, help="Tasks to run before"
    )
    cwd: str | None = value("--cwd", help="Directory, from the workspace root")
    env: tuple[str, ...] = values("--env", metavar="KEY=VALUE", help="A variable of the task")
    default_environment: str | None = value(
        "--default-environment",
        metavar="ENVIRONMENT",
        read=environment_name,
        help="Where it runs",
    )
    description: str | None = value("--description", help="Shown by `task list`")
    clean_env: bool = flag("--clean-env", help="Run it in an empty environment")
    arg: tuple[str, ...] = values("--arg", help="An argument: NAME or NAME=DEFAULT")


class Alias(OnPlatform):
    """What `task alias` takes."""

    alias: str = argument("ALIAS", help="Name of the new task")
    depends_on: tuple[str, ...] = arguments("DEPENDS_ON", help="The tasks it runs")
    description: str | None = value("--description", help="Shown by `task list`")


class List(options.Manifest):
    """What `list` takes."""

    summary: bool = flag("-s", "--summary", help="Names per environment")
    environment: str | None = options.ENVIRONMENT
    json: bool = options.JSON
    machine_readable: bool = flag("--machine-readable", hidden=True)


class Remove(OnPlatform):
    """What `task remove` takes."""

    task_name: tuple[str, ...] = arguments("TASK_NAME", needed=False, help="Names of tasks")


def list_tasks(call: Call[List]) -> int:
    """Show tasks: a table, names, a summary per environment, or JSON."""
    from wisp.console.declared_list import task_table

    values = call.values
    workspace = open_workspace(call)
    listing = workspace.show.tasks(values.environment)
    out = call.out
    if values.json:
        out.json(listing.data)
    elif values.machine_readable:
        out.result(" ".join(listing.names))
    elif values.summary:
        out.note("Tasks per environment:\n----------------------")
        for environment, mark, names in listing.summary:
            out.note(f"{environment} ({mark}): {', '.join(names)}")
    else:
        lines = task_table(listing, out.painter())
        for line in lines:
            out.result(line)
        if not call.given and not out.color_out:
            workspace.terminal.remember_listing((), "".join(out.answered))
    return 0


def add(call: Call[Add]) -> int:
    """Write a task into the manifest."""
    from wisp import Task, TaskDependency, command_of

    values = call.values
    workspace = open_workspace(call)
    command = command_of(values.command)
    task = Task(
        values.name,
        command,
        args=tuple(map(_argument, values.arg)) or None,
        depends_on=tuple(TaskDependency(name) for name in values.depends_on),
        cwd=values.cwd,
        env=dict(map(_variable, values.env)),
        default_environment=values.default_environment,
        description=values.description,
        clean_env=values.clean_env,
    )
    workspace.edit.tasks.add(task, **_part(call))
    needs = f", depends-on = '{','.join(values.depends_on)}'" if values.depends_on else ""
    told = f", description = '{values.description}'" if values.description else ""
    call.out.success(f"Added task `{values.name}`: {command}{needs}{told}")
    return 0


def _argument(text: str) -> TaskArg:
    from wisp import TaskArg

    name, equals, default = text.partition("=")
    return TaskArg(name, default if equals else None)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"invalid value '{text}' for '--env': expected KEY=VALUE")
    return name, value


def alias(call: Call[Alias]) -> int:
    """Write a task that only runs others."""
    values = call.values
    open_workspace(call).edit.tasks.alias(
        values.alias, values.depends_on, description=values.description, **_part(call)
    )
    told = f", description = '{values.description}'" if values.description else ""
    call.out.success(
        f"Added alias `{values.alias}`: , depends-on = [{','.join(values.depends_on)}]{told}"
    )
    return 0


def remove(call: Call[Remove]) -> int:
    """Take tasks out of the manifest."""
    values, part = call.values, _part(call)
    workspace = open_workspace(call)
    removed, missing = workspace.edit.tasks.remove(values.task_name, **part)
    for name in values.task_name:
        if name in missing:
            call.out.soft_error(_missing(name, part))
            if near := similar(name, workspace.show.tasks().names):
                call.out.note(f"  Did you mean `{near}`?")
        elif name in removed:
            call.out.success(f"Removed task `{name}` ")
    return 0


def _missing(name: str, part: Part) -> str:
    if part["platform"] is not None:
        return f"Task '{name}' does not exist on {part['platform']}"
    if part["environment"] is not None:
        return f"Task `{name}` does not exist for environment '{part['environment']}'"
    return f"Task `{name}` does not exist for feature '{part['feature'] or 'default'}'"


def _part(call: Call[Where]) -> Part:
    """Return the part of the manifest that the options name."""
    values = call.values
    platform = values.platform if isinstance(values, OnPlatform) else None
    return {"feature": values.feature, "environment": values.environment, "platform": platform}


COMMAND = top(
    "task",
    options.Manifest,
    help_without_words=True,
    commands=(
        Command(
            name="add",
            summary="Add a task",
            values=Add,
            run=add,
            aliases=("a",),
            help_without_words=True,
            example="task add test pytest --cwd tests",
        ),
        Command(
            name="alias",
            summary="Add a task that only runs others",
            values=Alias,
            run=alias,
            aliases=("@",),
            help_without_words=True,
            example="task alias all lint test",
        ),
        Command(
            name="list",
            summary="List tasks",
            values=List,
            run=list_tasks,
            aliases=("ls", "l"),
            example="task list -e test",
        ),
        Command(
            name="remove",
            summary="Remove tasks",
            values=Remove,
            run=remove,
            aliases=("rm",),
            help_without_words=True,
            example="task remove test",
        ),
    ),
)
