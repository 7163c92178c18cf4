"""`import`: fill a feature or an environment from a file of another tool."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace


def run(call: Call) -> int:
    """Edit the manifest; nothing is locked."""
    from wisp.api.edits.importing import ImportRequest, import_file

    values = call.values
    workspace = open_workspace(call)
    request = ImportRequest(
        file=call.cwd / values.file,
        format=values.format,
        environment=values.environment,
        feature=values.feature,
        platforms=tuple(values.platform),
    )
    for warning in import_file(workspace.manifest, request, workspace.config.default_channels):
        call.out.warning(warning)
    call.out.success(f"Imported to {workspace.manifest.path}")
    return 0


COMMAND = Command(
    name="import",
    summary="Import a file of another tool into an environment",
    arguments=(Argument("file", "FILE", help="An environment.yml or requirements.txt"),),
    options=(
        Option(
            ("--format",),
            "FORMAT",
            "value",
            choices=("conda-env", "pypi-txt"),
            any_case=True,
            help="What the file is (default: tried out)",
        ),
        options.PLATFORMS,
        Option(("-e", "--environment"), "ENVIRONMENT", "value", help="The environment to fill"),
        Option(("-f", "--feature"), "FEATURE", "value", help="The feature to fill"),
        *options.WORKSPACE,
        *options.CONFIG,
    ),
    run=run,
    help_without_words=True,
)
