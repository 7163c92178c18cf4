"""`image`: container images of environments, without an engine and without a Dockerfile."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.commands.image import build, dockerfile, look, shim, update
from wisp.cli.declare import top

COMMAND = top(
    "image",
    options.Workspace,
    commands=(
        build.COMMAND,
        look.CHECK,
        dockerfile.COMMAND,
        look.PLAN,
        shim.COMMAND,
        update.COMMAND,
    ),
)
