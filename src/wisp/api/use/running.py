"""Running tasks and commands in environments of a workspace."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wisp import layout
from wisp.activation.variables import active_environment
from wisp.api.use.providing import Provider, RunOptions
from wisp.errors import ManifestError, TaskError
from wisp.manifest.env_files import env_files
from wisp.platforms import Platform
from wisp.tasks import graph as graphs
from wisp.tasks.catalogue import Catalogue, EnvironmentTasks, listing
from wisp.tasks.run import Settings, product_of, run
from wisp.tasks.script import joined
from wisp.workspace.platforms import select_platform
from wisp.workspace.tasks import tasks_of

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def catalogue_of(workspace: OpenedWorkspace, platform: str | None = None) -> Catalogue:
    """Return the tasks of all environments, for the platform each would run on here.

    With `platform` that platform counts, and environments without it cannot run.
    """
    return Catalogue(
        [_environment_tasks(workspace, name, platform) for name in workspace.environment_names]
    )


def _environment_tasks(
    workspace: OpenedWorkspace, name: str, wanted: str | None
) -> EnvironmentTasks:
    environment = workspace.require_environment(name)
    platforms = workspace.platforms(name)
    host = workspace.host
    chosen: Platform | None
    if wanted is not None:
        chosen = next((p for p in platforms if wanted in (p.name, p.subdir)), None)
    else:
        chosen = select_platform(workspace.manifest, environment, *host)
    runnable = chosen is not None or any(p.subdir == host[0] for p in platforms)
    platform = chosen or next(iter(platforms), None)
    tasks = tasks_of(workspace.manifest, environment, platform)
    elsewhere: dict[str, list[str]] = {}
    for other in platforms:
        for task in tasks_of(workspace.manifest, environment, other):
            if task not in tasks:
                elsewhere.setdefault(task, []).append(other.name)
    return EnvironmentTasks(
        name,
        tasks,
        platform=platform.name if platform else host[0],
        runnable=runnable and (wanted is None or chosen is not None),
        elsewhere=elsewhere,
    )


def task_list(workspace: OpenedWorkspace, environment: str | None = None) -> str:
    """Return the list that is shown where there is nothing to run: of one environment or all."""
    return listing(catalogue_of(workspace).visible(environment))


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
    provider = Provider(workspace, options, catalogue)
    settings = Settings(
        root=str(workspace.root),
        init_cwd=str(options.cwd),
        cache=str(workspace.places.task_cache),
        say=options.say,
        warn=options.warn,
        clean=options.clean,
        dry=options.dry,
        emoji=options.emoji,
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
            provider,
            settings,
            jobs=options.jobs,
            grouped=options.grouped,
            keep_going=options.keep_going,
        )
    return run(graph, provider, settings)


def active_name(workspace: OpenedWorkspace) -> str | None:
    """Return the environment of this workspace that is active around us, if one is."""
    return active_environment(str(workspace.root), workspace.environ)


def _request(workspace: OpenedWorkspace, options: RunOptions) -> graphs.Request:
    active = active_name(workspace)
    explicit = options.environment
    if explicit is None and active != layout.DEFAULT_ENVIRONMENT:
        explicit = active
    return graphs.Request(
        root=str(workspace.root),
        manifest=str(workspace.manifest.path),
        init_cwd=str(options.cwd),
        system=workspace.host[0].partition("-")[0],
        fallback=active or layout.DEFAULT_ENVIRONMENT,
        environment=explicit,
        platform=options.platform,
        executable=options.executable,
        skip_dependencies=options.skip_dependencies,
        templated=options.templated,
    )


def _check_platform(workspace: OpenedWorkspace, request: graphs.Request) -> None:
    """Raise `ManifestError` for a platform that the chosen environment does not have."""
    if request.platform is None:
        return
    name = request.environment or request.fallback
    if name not in workspace.environment_names:
        return
    platforms = workspace.platforms(name)
    if not any(request.platform in (p.name, p.subdir) for p in platforms):
        known = ", ".join(platform.name for platform in platforms)
        raise ManifestError(
            f"platform '{request.platform}' is not part of environment '{name}'",
            hints=(f"it has: {known}",),
        )
