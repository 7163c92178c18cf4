"""Running a script of any language: its entrypoint, in the environment that its block asks for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from wisp.api.use.catalogue import catalogue_of
from wisp.api.use.task_environments import TaskEnvironments
from wisp.engine.files import refusal
from wisp.engine.safe.owner import require_own
from wisp.errors import ManifestError, Place, TaskError
from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.specs.entrypoint import CACHE, SCRIPT, parse_entrypoint
from wisp.tasks.entrypoint import EntrypointRun

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.use.run_options import RunOptions


def run_entrypoint(
    workspace: OpenedWorkspace, path: Path, arguments: Sequence[str], options: RunOptions
) -> int:
    """Run what the conda-script at a path says, where the caller is; return its exit code.

    Raises:
        ManifestError: It says nothing for this platform.
        TaskError: A command of it cannot be started, or a variable is not there.
        ActivationError, LockFileError, SolveError, InstallError: The environment is not to be had.

    """
    text = _text_for_here(workspace, options)
    if options.clean and sys.platform == "win32":
        raise TaskError("a clean environment is not supported on Windows")
    if options.dry:
        options.say(f"Dry-run mode enabled - this would run: {text}")
        return 0
    environments = TaskEnvironments(workspace, options, catalogue_of(workspace, options.platform))
    environments.admit(DEFAULT_ENVIRONMENT)
    environments.prepare(DEFAULT_ENVIRONMENT)
    names = {SCRIPT: str(path.absolute()), CACHE: str(_scratch(workspace))}
    variables = environments.variables(DEFAULT_ENVIRONMENT, options.clean)
    run = EntrypointRun(str(options.cwd), variables, names)
    return run.run(parse_entrypoint(text), arguments, replace=options.replace)


def _text_for_here(workspace: OpenedWorkspace, options: RunOptions) -> str:
    entrypoint = workspace.manifest.entrypoint
    assert entrypoint is not None
    subdir = workspace.host[0]
    if options.platform is not None:
        subdir = workspace.best_platform(DEFAULT_ENVIRONMENT, options.platform).subdir
    text = entrypoint.text_for(subdir)
    if text is None:
        known = ", ".join(f"`{one}`" for one in entrypoint.texts)
        raise ManifestError(
            f"the entrypoint of {workspace.manifest.path.name} says nothing for {subdir}",
            hints=(f"it has commands for {known}",),
            place=Place(str(workspace.manifest.path)),
        )
    return text


def _scratch(workspace: OpenedWorkspace) -> Path:
    """Return the script's own folder, which is made if need be. Raises `HostError`."""
    folder = workspace.places.scratch
    assert folder is not None
    require_own(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise refusal("create", folder, error) from error
    return folder
