"""A `conda` in an environment of this machine, for programs that will not do without.

SageMaker's SDK asks it what is installed (`dependencies="auto_capture"`). It is the script that
images for SageMaker have, and lies in the environment: whatever runs there finds it on PATH.
"""

from __future__ import annotations

from pathlib import Path

from wisp.api.opened import OpenedWorkspace
from wisp.errors import HostError, UsageError
from wisp.image.sagemaker import MARK, conda_shim, names_of
from wisp.layout import CONDA_META
from wisp.trust import found_text

_PROGRAMS = ("conda", "mamba")


def put_shim(workspace: OpenedWorkspace, environment: str) -> Path:
    """Put `conda` and `mamba` into an installed environment; return its folder of programs.

    Raises:
        UsageError: The environment is not installed.
        HostError: It has a conda of its own, or the operating system refuses.

    """
    workspace.require_environment(environment)
    prefix = workspace.prefix(environment)
    if not (prefix / CONDA_META).is_dir():
        raise UsageError(
            f"environment '{environment}' is not installed", hints=["run `wisp install` first"]
        )
    platform = workspace.best_platform(environment, None)
    channels = (one.url for one in workspace.inputs(environment, platform).channels)
    text = conda_shim(str(prefix), names_of(workspace.name, environment), channels)
    files = [prefix / "bin" / name for name in _PROGRAMS]
    for file in files:
        if file.exists() and MARK not in found_text(file, errors="replace"):
            raise HostError(
                f"environment '{environment}' has a `{file.name}` of its own",
                hints=["programs that ask for it are answered by that one"],
            )
    for file in files:
        workspace.places.root_of(prefix).write(file, text, mode=0o755)
    return prefix / "bin"
