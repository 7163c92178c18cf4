"""`import`: fill a feature or an environment from a file of another tool."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import argument, top, value
from wisp.cli.opening import open_workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal


class Options(options.Workspace, options.Config):
    """What `import` takes."""

    file: str = argument("FILE", help="An environment.yml or requirements.txt")
    format: Literal["conda-env", "pypi-txt"] | None = value(
        "--format",
        choices=("conda-env", "pypi-txt"),
        any_case=True,
        help="What the file is (default: tried out)",
    )
    platform: tuple[str, ...] = options.PLATFORMS
    environment: str | None = value("-e", "--environment", help="The environment to fill")
    feature: str | None = value("-f", "--feature", help="The feature to fill")


def run(call: Call[Options]) -> int:
    """Edit the manifest; nothing is locked."""
    values = call.values
    workspace = open_workspace(call)
    warnings = workspace.edit.import_file(
        call.cwd / values.file,
        format=values.format,
        environment=values.environment,
        feature=values.feature,
        platforms=values.platform,
    )
    for warning in warnings:
        call.out.warning(warning)
    call.out.success(f"Imported to {workspace.manifest.path}")
    return 0


COMMAND = top(
    "import", Options, run, help_without_words=True, example="import environment.yml -e legacy"
)
