"""`workspace export`: environments in the formats of conda."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace, usage_of
from wisp.layout import DEFAULT_ENVIRONMENT


def conda_environment(call: Call) -> int:
    """Write an environment.yml, to a file or to stdout."""
    from wisp.api.views.exporting import export_environment, save

    values = call.values
    text = export_environment(
        open_workspace(call),
        values.environment or DEFAULT_ENVIRONMENT,
        values.platform,
        name=values.name,
        no_pypi=values.no_pypi,
        from_lock=values.from_lock_file,
    )
    if values.output is None:
        call.out.result(text)
    else:
        save(call.cwd / values.output, text)
    return 0


def conda_explicit_spec(call: Call) -> int:
    """Write a file per environment and platform into a folder."""
    from wisp.api.views.exporting import export_explicit, save

    values = call.values
    files = export_explicit(
        open_workspace(call),
        values.environment,
        values.platform,
        usage_of(call),
        skip_pypi=values.ignore_pypi_errors,
        skip_source=values.ignore_source_errors,
    )
    for name, text in list(files):
        save(call.cwd / values.folder / name, text)
    return 0


COMMAND = Command(
    name="export",
    summary="Write environments in the formats of conda",
    commands=(
        Command(
            name="conda-environment",
            summary="Write an environment.yml",
            arguments=(Argument("output", "OUTPUT_PATH", "optional", help="Default: stdout"),),
            options=(
                options.PLATFORM,
                options.ENVIRONMENT,
                Option(("-n", "--name"), "NAME", "value", help="The name to write"),
                Option(("--no-pypi",), help="Leave PyPI packages out"),
                Option(("--from-lock-file",), help="Write the locked versions"),
                options.SCRIPT,
                *options.CONFIG_SOURCE,
            ),
            run=conda_environment,
        ),
        Command(
            name="conda-explicit-spec",
            summary="Write lists that conda installs from without solving",
            aliases=("ces",),
            arguments=(Argument("folder", "OUTPUT_DIR", help="The folder for the lists"),),
            options=(
                options.ENVIRONMENTS,
                options.PLATFORMS,
                Option(("--ignore-pypi-errors",), help="Leave PyPI packages out"),
                Option(("--ignore-source-errors",), help="Leave source packages out"),
                *options.LOCK_AND_INSTALL,
                options.SCRIPT,
                *options.CONFIG,
            ),
            run=conda_explicit_spec,
        ),
    ),
)
