"""`image update`: what the bases of images are made of, chosen anew."""

from __future__ import annotations

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.commands.image.settings import PLATFORMS
from wisp.cli.declare import Command
from wisp.cli.opening import open_workspace
from wisp.layout import DEFAULT_ENVIRONMENT


class Update(options.Workspace, options.Config):
    """What `image update` takes."""

    environment: str | None = options.ENVIRONMENT
    platform: tuple[str, ...] = PLATFORMS


def run_update(call: Call[Update]) -> int:
    """Choose the packages of generated bases anew."""
    given = call.values
    image = open_workspace(call).image
    base = image.settings(given.environment or DEFAULT_ENVIRONMENT).base
    renewed = image.update(given.environment, given.platform)
    interrupts.ignore()  # all is done
    if base is not None:
        call.out.success(f"The next build asks again what `{base}` is")
    several = len({one.wanted for one in renewed}) > 1
    for one in renewed:
        count = len(one.packages)
        extra = f" with {', '.join(one.wanted)}" if several and one.wanted else ""
        call.out.success(f"Locked {count} packages of Debian {one.suite} for {one.subdir}{extra}")
    return 0


COMMAND = Command(
    name="update",
    summary="Choose the Debian packages of generated bases anew",
    values=Update,
    run=run_update,
    example="image update",
)
