"""`task`: list the tasks of a workspace, add, alias and remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace
from wisp.errors import UsageError

if TYPE_CHECKING:
    from wisp.api.edits.transaction import Place
    from wisp.specs.task import TaskArg

_DIM = "2"


def list_tasks(call: Call) -> int:
    """Show tasks: a table, names, a summary per environment, or JSON."""
    from wisp.api.views.describe_tasks import task_listing

    values = call.values
    workspace = open_workspace(call)
    listing = task_listing(workspace.manifest, *workspace.host, values.environment)
    out = call.out
    if values.json:
        out.json(listing.data)
    elif values.machine_readable:
        out.result(" ".join(listing.names))
    elif values.summary:
        out.note("Tasks per environment:\n----------------------")
        for environment, names in listing.summary:
            if names:
                out.note(f"{_designed(environment)}: {', '.join(names)}")
    else:
        heading, *lines = listing.table()
        out.result(heading)
        for row, line in zip(listing.rows, lines, strict=True):
            out.result(line if row.runnable else out.paint(line, _DIM))
        if not call.given and not out.color_out:
            from wisp.api.use.snapshot_writer import remember_listing

            remember_listing(workspace, (), "\n".join([heading, *lines, ""]))
    return 0


def _designed(environment: str) -> str:
    return f"{environment} (by design)" if environment == "default" else environment


def add(call: Call) -> int:
    """Write a task into the manifest."""
    from wisp.api.edits.tasks import add_task
    from wisp.api.use.running import command_of
    from wisp.specs.task import Task, TaskDependency

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
    add_task(workspace.manifest, task, _place(call))
    needs = f", depends-on = '{','.join(values.depends_on)}'" if values.depends_on else ""
    told = f", description = '{values.description}'" if values.description else ""
    call.out.success(f"Added task `{values.name}`: {command}{needs}{told}")
    return 0


def _argument(text: str) -> TaskArg:
    from wisp.specs.task import TaskArg

    name, equals, default = text.partition("=")
    return TaskArg(name, default if equals else None)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"invalid value '{text}' for '--env': expected KEY=VALUE")
    return name, value


def alias(call: Call) -> int:
    """Write a task that only runs others."""
    from wisp.api.edits.tasks import alias_task

    values = call.values
    workspace = open_workspace(call)
    alias_task(
        workspace.manifest,
        values.alias,
        values.depends_on,
        _place(call),
        description=values.description,
    )
    told = f", description = '{values.description}'" if values.description else ""
    call.out.success(
        f"Added alias `{values.alias}`: , depends-on = [{','.join(values.depends_on)}]{told}"
    )
    return 0


def remove(call: Call) -> int:
    """Take tasks out of the manifest."""
    from wisp.api.edits.tasks import remove_tasks

    values = call.values
    workspace = open_workspace(call)
    place = _place(call)
    removed, missing = remove_tasks(workspace.manifest, values.task_name, place)
    for name in values.task_name:
        if name in missing:
            where = f"feature '{place.feature or 'default'}'"
            call.out.soft_error(f"Task `{name}` does not exist for {where}")
        elif name in removed:
            call.out.success(f"Removed task `{name}` ")
    return 0


def _place(call: Call) -> Place:
    """Return the part of the manifest that the options name."""
    from wisp.api.edits.transaction import place

    values = vars(call.values)
    return place(values.get("feature"), values.get("environment"), values.get("platform"))


_WHERE = (
    Option(("-p", "--platform"), "PLATFORM", "value", help="The platform the task is for"),
    Option(("-f", "--feature"), "FEATURE", "value", help="The feature to change"),
    Option(
        ("-e", "--environment"),
        "ENVIRONMENT",
        "value",
        conflicts=("--feature",),
        help="The environment whose own tasks to change",
    ),
)

COMMAND = Command(
    name="task",
    summary="List and change the tasks of the workspace",
    options=(*options.WORKSPACE, *options.CONFIG_SOURCE),
    help_without_words=True,
    commands=(
        Command(
            name="add",
            summary="Add a task",
            aliases=("a",),
            arguments=(
                Argument("name", "NAME", help="Name of the task"),
                Argument("command", "COMMAND", "some", help="What it runs"),
            ),
            options=(
                Option(("--depends-on",), "TASK", "list", greedy=True, help="Tasks to run before"),
                *_WHERE,
                Option(("--cwd",), "CWD", "value", help="Directory, from the workspace root"),
                Option(("--env",), "KEY=VALUE", "list", help="A variable of the task"),
                Option(("--default-environment",), "ENVIRONMENT", "value", help="Where it runs"),
                Option(("--description",), "DESCRIPTION", "value", help="Shown by `task list`"),
                Option(("--clean-env",), help="Run it in an empty environment"),
                Option(("--arg",), "ARG", "list", help="An argument: NAME or NAME=DEFAULT"),
            ),
            run=add,
            help_without_words=True,
        ),
        Command(
            name="alias",
            summary="Add a task that only runs others",
            aliases=("@",),
            arguments=(
                Argument("alias", "ALIAS", help="Name of the new task"),
                Argument("depends_on", "DEPENDS_ON", "some", help="The tasks it runs"),
            ),
            options=(
                *(_WHERE[0], _WHERE[2]),
                Option(("--description",), "DESCRIPTION", "value", help="Shown by `task list`"),
            ),
            run=alias,
            help_without_words=True,
        ),
        Command(
            name="list",
            summary="List tasks",
            aliases=("ls", "l"),
            options=(
                Option(("-s", "--summary"), help="Names per environment"),
                options.ENVIRONMENT,
                options.JSON,
                Option(("--machine-readable",), hidden=True),
            ),
            run=list_tasks,
        ),
        Command(
            name="remove",
            summary="Remove tasks",
            aliases=("rm",),
            arguments=(Argument("task_name", "TASK_NAME", "any", help="Names of tasks"),),
            options=_WHERE,
            run=remove,
            help_without_words=True,
        ),
    ),
)
