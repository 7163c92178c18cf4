"""`workspace export`: environments in the formats of conda."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, flag, optional, top, value
from wisp.cli.opening import open_workspace, usage_of
from wisp.layout import DEFAULT_ENVIRONMENT


class CondaEnvironment(options.Script, options.ConfigSource):
    """What `conda-environment` takes."""

    output: str | None = optional("OUTPUT_PATH", help="Default: stdout")
    platform: str | None = options.PLATFORM
    environment: str | None = options.ENVIRONMENT
    name: str | None = value("-n", "--name", help="The name to write")
    no_pypi: bool = flag("--no-pypi", help="Leave PyPI packages out")
    from_lock_file: bool = flag("--from-lock-file", help="Write the locked versions")


class CondaExplicitSpec(options.LockAndInstall, options.Script, options.Config):
    """What `conda-explicit-spec` takes."""

    folder: str = argument("OUTPUT_DIR", help="The folder for the lists")
    environment: tuple[str, ...] = options.ENVIRONMENTS
    platform: tuple[str, ...] = options.PLATFORMS
    ignore_pypi_errors: bool = flag("--ignore-pypi-errors", help="Leave PyPI packages out")
    ignore_source_errors: bool = flag("--ignore-source-errors", help="Leave source packages out")


def conda_environment(call: Call[CondaEnvironment]) -> int:
    """Write an environment.yml, to a file or to stdout."""
    values = call.values
    workspace = open_workspace(call)
    text = workspace.show.conda_environment(
        values.environment or DEFAULT_ENVIRONMENT,
        values.platform,
        name=values.name,
        no_pypi=values.no_pypi,
        from_lock=values.from_lock_file,
    )
    if values.output is None:
        call.out.raw(text + "\n")
    else:
        workspace.show.save(call.cwd / values.output, text)
    return 0


def conda_explicit_spec(call: Call[CondaExplicitSpec]) -> int:
    """Write a file per environment and platform into a folder."""
    values = call.values
    workspace = open_workspace(call)
    files = workspace.show.explicit_specs(
        values.environment,
        values.platform,
        skip_pypi=values.ignore_pypi_errors,
        skip_source=values.ignore_source_errors,
        usage=usage_of(call),
    )
    for name, text in files.items():
        workspace.show.save(call.cwd / values.folder / name, text)
    return 0


COMMAND = top(
    "workspace export",
    options.Workspace,
    commands=(
        Command(
            name="conda-environment",
            summary="Write an environment.yml",
            values=CondaEnvironment,
            run=conda_environment,
            example="workspace export conda-environment environment.yml",
        ),
        Command(
            name="conda-explicit-spec",
            summary="Write lists that conda installs from without solving",
            values=CondaExplicitSpec,
            run=conda_explicit_spec,
            aliases=("ces",),
            example="workspace export conda-explicit-spec out -p linux-64",
        ),
    ),
)
