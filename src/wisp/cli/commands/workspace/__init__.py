"""`workspace`: look at and change what the manifest says about the workspace."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.declare import elsewhere, top
from wisp.cli.table import BELOW_WORKSPACE

COMMAND = top(
    "workspace",
    options.Workspace,
    commands=tuple(elsewhere(entry, options.Workspace) for entry in BELOW_WORKSPACE),
)
