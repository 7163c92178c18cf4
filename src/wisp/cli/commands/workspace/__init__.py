"""`workspace`: look at and change what the manifest says about the workspace."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.commands.workspace import (
    activation,
    channel,
    description,
    environment,
    export,
    feature,
    name,
    platform,
    preview,
    register,
    requires_pixi,
    version,
)
from wisp.cli.declare import top

COMMAND = top(
    "workspace",
    options.Workspace,
    commands=(
        activation.COMMAND,
        channel.COMMAND,
        description.COMMAND,
        environment.COMMAND,
        export.COMMAND,
        feature.COMMAND,
        name.COMMAND,
        platform.COMMAND,
        preview.COMMAND,
        register.COMMAND,
        requires_pixi.COMMAND,
        version.COMMAND,
    ),
)
