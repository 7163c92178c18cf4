"""The tasks of a workspace as the runner sees them on this machine."""

from __future__ import annotations

from wisp.api.machine_platform import task_platform
from wisp.tasks.catalogue import Catalogue, EnvironmentTasks
from wisp.workspace.platforms import select_platform
from wisp.workspace.tasks import tasks_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def catalogue_of(workspace: OpenedWorkspace, platform: str | None = None) -> Catalogue:
    """Return the tasks of all environments, for the platform each would run on here.

    With `platform` that platform counts, and environments without it cannot run.
    """
    return Catalogue(
        [_environment_tasks(workspace, name, platform) for name in workspace.environment_names],
        strict=workspace.level.has("tasks name environments that there are"),
    )


def _environment_tasks(
    workspace: OpenedWorkspace, name: str, wanted: str | None
) -> EnvironmentTasks:
    environment = workspace.require_environment(name)
    platforms = workspace.platforms(name)
    platform, runnable = task_platform(workspace.manifest, workspace.session, name, wanted)
    there = runnable or wanted is None
    tasks = tasks_of(workspace.manifest, environment, platform) if there else {}
    elsewhere: dict[str, list[str]] = {}
    for other in platforms:
        for task in tasks_of(workspace.manifest, environment, other):
            if task not in tasks:
                elsewhere.setdefault(task, []).append(other.name)
    fits = wanted or select_platform(workspace.manifest, environment, *workspace.host)
    listed = tasks if fits else tasks_of(workspace.manifest, environment, None)
    return EnvironmentTasks(
        name,
        tasks,
        platform=platform.name if platform else workspace.subdir,
        runnable=runnable,
        elsewhere=elsewhere,
        unlisted=tasks.keys() - listed.keys(),
    )
