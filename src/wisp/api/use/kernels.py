"""Kernels of Jupyter for environments: written, listed and removed for the user."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wisp.api.locks.locked_view import look_up
from wisp.api.opening import own_program
from wisp.config.files import home_folder
from wisp.engine.files import refusal
from wisp.engine.rewriting import rewrite
from wisp.engine.trees import remove_tree
from wisp.errors import ConfigError, ManifestError
from wisp.exchange.kernelspec import (
    FILE,
    LAUNCHERS,
    PACKAGE,
    R_PACKAGE,
    Kernel,
    Launcher,
    checked_name,
    kernel_of,
    kernels_folder,
    read_kernel,
)
from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.trust import found_text
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace

#: What a `kernel.json` has at most (bytes); what is larger is none of ours.
_LARGEST = 1 << 20


def install_kernel(
    workspace: OpenedWorkspace, environment: str = DEFAULT_ENVIRONMENT, name: str | None = None
) -> Kernel:
    """Let Jupyter start kernels in an environment, under a name of its own unless one is given.

    One of the same name and environment is written anew.

    Raises:
        ManifestError: There is no such environment, or it has no kernel for Python or R.
        ConfigError: The name is none, or that of a kernel which is not this environment's.
        HostError: The kernel cannot be written.

    """
    launcher = _launcher(workspace, environment)
    kernel = kernel_of(workspace.name, environment, workspace.manifest.path)
    if name is not None:
        kernel = replace(kernel, name=checked_name(name))
    folder = _folder(workspace.environ) / kernel.name
    if folder.exists() and not _is_same(_read(folder), kernel):
        raise ConfigError(
            f"Jupyter has another kernel '{kernel.name}' in {folder}",
            hints=("`--name` gives this one another name",),
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal("create", folder, error) from error
    rewrite(folder / FILE, kernel.text(own_program(workspace.environ), launcher))
    return kernel


def installed_kernels(environ: Mapping[str, str]) -> tuple[Kernel, ...]:
    """Return the kernels that wisp has written for the user, by name."""
    folder = _folder(environ)
    found = map(_read, sorted(folder.iterdir())) if folder.is_dir() else ()
    return tuple(kernel for kernel in found if kernel is not None)


def remove_kernel(environ: Mapping[str, str], name: str) -> None:
    """Take a kernel away.

    Raises:
        ConfigError: There is none of that name that is ours.
        HostError: It cannot be removed.

    """
    folder = _folder(environ) / checked_name(name)
    if folder.is_symlink() or _read(folder) is None:
        names = ", ".join(kernel.name for kernel in installed_kernels(environ))
        raise ConfigError(
            f"wisp has written no kernel '{name}'",
            hints=(f"there are {names}",) if names else (),
        )
    try:
        remove_tree(folder)
    except OSError as error:
        raise refusal("remove", folder, error) from error


def _folder(environ: Mapping[str, str]) -> Path:
    return kernels_folder(environ, home_folder(environ))


def _read(folder: Path) -> Kernel | None:
    try:
        return read_kernel(folder.name, found_text(folder / FILE, _LARGEST))
    except (OSError, UnicodeDecodeError):
        return None


def _is_same(there: Kernel | None, kernel: Kernel) -> bool:
    if there is None:
        return False
    return (there.manifest, there.environment) == (kernel.manifest, kernel.environment)


def _launcher(workspace: OpenedWorkspace, environment: str) -> Launcher:
    view = look_up(workspace, environment)
    records = view.lock.environments[environment].packages.get(view.inputs.platform.name, ())
    there = {record.name for record in records}
    for package, launcher in LAUNCHERS.items():
        if package in there:
            return launcher
    feature = "" if environment == DEFAULT_ENVIRONMENT else " --feature FEATURE"
    raise ManifestError(
        f"environment '{environment}' has no {PACKAGE}, which is what Jupyter starts, "
        f"nor {R_PACKAGE}, which it starts for R",
        hints=(f"`pixi add{feature} {PACKAGE}` adds it",),
    )
