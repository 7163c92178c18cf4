"""`image shim`: a `conda` in an environment of this machine, which answers and changes nothing."""

from __future__ import annotations

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import Command
from wisp.cli.opening import open_workspace
from wisp.layout import DEFAULT_ENVIRONMENT


class Shim(options.Workspace, options.Config):
    """What `image shim` takes."""

    environment: str | None = options.ENVIRONMENT


def run(call: Call[Shim]) -> int:
    """Put the script into the environment."""
    environment = call.values.environment or DEFAULT_ENVIRONMENT
    place = open_workspace(call).image.shim(environment)
    interrupts.ignore()  # all is done
    call.out.success(f"Put `conda` and `mamba` into {place}")
    return 0


COMMAND = Command(
    name="shim",
    summary="Put a `conda` that answers for SageMaker into an environment",
    values=Shim,
    run=run,
    example="image shim --environment default",
)
