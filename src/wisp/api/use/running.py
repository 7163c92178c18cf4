"""Running tasks and commands in environments of a workspace."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from wisp import layout
from wisp.api.machine_platform import runnability
from wisp.api.use.activating import active_environment_of
from wisp.api.use.catalogue import catalogue_of
from wisp.api.use.run_options import RunOptions
from wisp.api.use.task_environments import TaskEnvironments
from wisp.errors import ManifestError, TaskError
from wisp.manifest.env_files import env_files
from wisp.tasks import graph as graphs
from wisp.tasks.args import quote, split
from wisp.tasks.catalogue import listing
from wisp.tasks.run import RunSettings, product_of, run
from wisp.tasks.script import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.given import StrPath
    from wisp.api.opened import OpenedWorkspace


def task_list(workspace: OpenedWorkspace, environment: str | None = None) -> str:
    """Return the list that is shown where there is nothing to run: of one environment or all.

    Where no environment can run on this machine, it says how to add its platform.
    """
    manifest, session = workspace.manifest, workspace.session
    shown = listing(catalogue_of(workspace).visible(environment))
    every = workspace.environment_names
    if any(runnability(manifest, session, one) != "not runnable here" for one in every):
        return shown
    return shown + (
        f"\n\nHelp: This platform ({workspace.subdir}) is not supported. This adds it to the "
        f"workspace:\n\n\tpixi workspace platform add {workspace.subdir}"
    )


def words_of_command(workspace: OpenedWorkspace, command: str | Sequence[StrPath]) -> list[str]:
    """Return the words that mean a command: a text is a line for the shell, or a call of a task.

    The single word of a command line loses its quotes before the shell sees it, as in Pixi; so a
    text is quoted once more unless a task takes its words.
    """
    if isinstance(command, str):
        name = next(iter(split(command) or ()), "")
        return [command] if _is_task(workspace, name) or not command.strip() else [quote(command)]
    words = [os.fspath(word) for word in command]
    if len(words) != 1 or _is_task(workspace, words[0]):
        return words
    return [quote(quote(words[0]))]


def _is_task(workspace: OpenedWorkspace, name: str) -> bool:
    environments = catalogue_of(workspace, None).environments.values()
    return any(name in one.tasks or name in one.elsewhere for one in environments)


def command_of(words: Sequence[str]) -> str:
    """Return the command that the words of a command line mean: one is taken as it is."""
    return words[0] if len(words) == 1 else joined(words)


def run_words(workspace: OpenedWorkspace, words: Sequence[str], options: RunOptions) -> int:
    """Run a task, or a command, given as the words of a command line; return its exit code.

    Raises:
        TaskError: The task is ambiguous, not available, badly called or badly written.
        ActivationError, LockFileError, SolveError, InstallError: The environment is not to be had.

    """
    catalogue = catalogue_of(workspace, options.platform)
    request = _request(workspace, options)
    _check_platform(workspace, request)
    graph = graphs.build(catalogue, words, request, options.choose)
    environments = TaskEnvironments(workspace, options, catalogue)
    settings = RunSettings(
        root=str(workspace.root),
        init_cwd=str(options.cwd),
        cache=str(workspace.places.task_cache),
        say=options.say,
        warn=options.warn,
        clean=options.clean,
        dry=options.dry,
        emoji=options.emoji,
        color=options.color,
        replace=options.replace,
        several=len(workspace.environment_names) > 1,
        env_files=env_files(workspace.manifest),
        product=product_of(options.program),
    )
    if options.clean and sys.platform == "win32":
        raise TaskError("a clean environment is not supported on Windows")
    if options.jobs > 1 and not options.dry:
        from wisp.tasks.parallel import run_parallel

        return run_parallel(
            graph,
            environments,
            settings,
            jobs=options.jobs,
            grouped=options.grouped,
            keep_going=options.keep_going,
        )
    return run(graph, environments, settings)


def _request(workspace: OpenedWorkspace, options: RunOptions) -> graphs.Request:
    active = active_environment_of(workspace)
    explicit = options.environment
    if explicit is None and active != layout.DEFAULT_ENVIRONMENT:
        explicit = active
    return graphs.Request(
        root=str(workspace.root),
        manifest=str(workspace.manifest.path),
        init_cwd=str(options.cwd),
        system=workspace.host[0].partition("-")[0],
        host=workspace.host[0],
        fallback=active or layout.DEFAULT_ENVIRONMENT,
        environment=explicit,
        platform=options.platform,
        executable=options.executable,
        skip_dependencies=options.skip_dependencies,
        templated=options.templated,
        release=workspace.level.release,
    )


def _check_platform(workspace: OpenedWorkspace, request: graphs.Request) -> None:
    """Raise `ManifestError` for a platform that the chosen environment does not have."""
    if request.platform is None:
        return
    name = request.environment or request.fallback
    if name not in workspace.environment_names:
        return
    platforms = workspace.platforms(name)
    if request.platform not in {one.name for one in platforms}:
        known = ", ".join(platform.name for platform in platforms)
        raise ManifestError(
            f"platform '{request.platform}' is not part of environment '{name}'",
            hints=(f"it has: {known}",),
        )
