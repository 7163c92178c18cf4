"""Environments of a workspace in the formats of conda."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.lock_file import required_lock
from wisp.api.locks.locking import lock_to_look_at
from wisp.api.machine_platform import exported_platform
from wisp.engine.rewriting import write_named
from wisp.exchange.export import (
    CondaEnvironment,
    conda_line,
    explicit_spec,
    locked_lines,
    pip_lines,
)
from wisp.lock.select import locked_environment
from wisp.specs.records import CondaRecord
from wisp.workspace.activation import activation_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def export_environment(
    workspace: OpenedWorkspace,
    environment: str,
    platform: str | None = None,
    *,
    name: str | None = None,
    no_pypi: bool = False,
    from_lock: bool = False,
) -> str:
    """Write an environment as an `environment.yml`.

    What the manifest asks for is written, or with `from_lock` exactly what is locked.

    Raises:
        ManifestError: There is no such environment or platform.
        LockFileError: The lock is to be exported and there is none.

    """
    chosen = exported_platform(workspace.manifest, workspace.session, environment, platform)
    inputs = workspace.inputs(environment, chosen)
    if from_lock:
        lock = required_lock(workspace)
        conda, pip, left_out = locked_lines(
            locked_environment(lock, environment, chosen.name, workspace.root)
        )
        for package in left_out:
            workspace.reporter.warn(f"the source package `{package}` is left out")
    else:
        conda = [conda_line(requirement) for requirement in inputs.dependencies]
        pip = pip_lines(inputs.pypi_dependencies, inputs.pypi_options)
    activation = activation_of(
        workspace.manifest, workspace.require_environment(environment), chosen
    )
    document = CondaEnvironment(
        name=name or environment,
        channels=[channel.text for channel in inputs.channels],
        conda=conda,
        pip=() if no_pypi else pip,
        variables=activation.env,
    )
    return str(document)


def export_explicit(
    workspace: OpenedWorkspace,
    environments: Sequence[str] = (),
    platforms: Sequence[str] = (),
    usage: LockUsage = AS_NEEDED,
    *,
    skip_pypi: bool = False,
    skip_source: bool = False,
) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the explicit lists, one per environment and platform.

    Raises `LockFileError` on packages that such a list cannot hold and that are not skipped,
    `ManifestError` for an environment or a platform that is none.
    """
    workspace.chosen_inputs(environments, platforms)
    lock = lock_to_look_at(workspace, usage)
    for environment in environments or workspace.environment_names:
        for platform in workspace.platforms(environment):
            if platforms and platform.name not in platforms and platform.subdir not in platforms:
                continue
            one = locked_environment(lock, environment, platform.name, workspace.root)
            text = explicit_spec(one, skip_pypi=skip_pypi, skip_source=skip_source)
            for record in one.records:
                if not isinstance(record, CondaRecord):
                    workspace.reporter.warn(f"`{record.name}` is left out of '{environment}'")
            yield f"{environment}_{platform.name}_conda_spec.txt", text


def save(path: Path, text: str) -> None:
    """Write an exported text. Raises `HostError` when the machine refuses."""
    write_named(path, text)
