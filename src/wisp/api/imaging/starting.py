"""A task as the command of containers: a script of `sh`, what it depends on first."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath

from wisp.api.opened import OpenedWorkspace
from wisp.api.use.catalogue import catalogue_of
from wisp.errors import TaskError
from wisp.image.settings import ImageSettings
from wisp.platforms import Platform
from wisp.specs.similarity import did_you_mean
from wisp.tasks.graph import Request, TaskNode, build
from wisp.tasks.script import script
from wisp.taskshell.errors import ShellSyntaxError
from wisp.taskshell.posix import ECHO, to_posix


def task_text(
    workspace: OpenedWorkspace, environment: str, platform: Platform, settings: ImageSettings
) -> str | None:
    """Write the script of the task that the settings name, None if they name none.

    Inputs and outputs of tasks do not count: every start runs all of them.

    Raises:
        TaskError: There is no such task in the environment, or `sh` cannot say what it does.

    """
    if settings.task is None:
        return None
    request = Request(
        root=settings.workdir,
        manifest=f"{settings.workdir}/{workspace.manifest.path.name}",
        init_cwd=settings.workdir,
        system="linux",
        fallback=environment,
        environment=environment,
        platform=platform.name,
        release=workspace.level.release,
    )
    catalogue = catalogue_of(workspace, platform.name)
    graph = build(catalogue, [settings.task], request)
    nodes = [node for node in graph.order() if node.task.cmd is not None]
    if not nodes or any(node.task.form == "custom" for node in nodes):
        raise TaskError(
            f"environment '{environment}' has no task '{settings.task}' that runs anything",
            hints=did_you_mean(settings.task, catalogue.visible(environment)),
        )
    *first, last = nodes
    lines: list[str] = []
    for node in first:
        body = _text(node, environment, settings, last=False)
        lines += ["(", body, ") || exit $?"]
    lines.append(_text(last, environment, settings, last=True))
    body = "\n".join(lines)
    head = ["#!/bin/sh", *([ECHO] if "echo" in body else [])]
    return "\n".join([*head, body]) + "\n"


def _text(node: TaskNode, environment: str, settings: ImageSettings, *, last: bool) -> str:
    if node.environment.name != environment:
        raise TaskError(
            f"the task '{node.task.name}' runs in environment '{node.environment.name}', "
            f"of which an image of '{environment}' has nothing"
        )
    place = _folder(node, settings)
    try:
        text = to_posix(script(node).strip(), last=last)
    except ShellSyntaxError as error:
        raise TaskError(
            f"the task '{node.task.name}' cannot be the command of an image",
            causes=[error.message],
            hints=["write it in a script of its own, which the task calls"],
        ) from error
    return f"cd {shlex.quote(place)} || exit 1\n{text}"


def _folder(node: TaskNode, settings: ImageSettings) -> str:
    folder = PurePosixPath(node.task.cwd or ".")
    if folder.is_absolute() or ".." in folder.parts:
        raise TaskError(
            f"the task '{node.task.name}' runs in '{folder}', which is not in the image",
            hints=["an image holds the workspace only"],
        )
    return str(PurePosixPath(settings.workdir) / folder)
