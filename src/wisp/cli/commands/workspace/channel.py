"""`workspace channel`: list, add and remove channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.places import ENVIRONMENT, FEATURE, place_of
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace, usage_of
from wisp.errors import UsageError

if TYPE_CHECKING:
    from wisp.api.workspace import Workspace


def show(call: Call) -> int:
    """Print the channels of each environment."""
    from wisp.api.views.describe import environment_channels

    for environment, channels in environment_channels(open_workspace(call).manifest):
        call.out.result(f"Environment: {environment}")
        for channel in channels:
            shown = channel.url if call.values.urls else channel.text
            call.out.public(f"- {shown}")
    return 0


def add(call: Call) -> int:
    """Add channels, lock and install anew."""
    from wisp.api.edits.channels import add_channels
    from wisp.api.edits.sync import LockAndSync

    values = call.values
    workspace = open_workspace(call)
    priority = _priority(values.priority)
    add_channels(
        workspace.manifest,
        values.channel,
        place_of(call),
        priority=priority,
        prepend=values.prepend,
        sync=LockAndSync(workspace, usage_of(call), lenient=True),
    )
    suffix = "" if priority is None else f" at priority {priority}"
    for channel in values.channel:
        call.out.success(f"Added {_described(workspace, channel)}{suffix}")
    return 0


def remove(call: Call) -> int:
    """Take channels away, lock and install anew."""
    from wisp.api.edits.channels import remove_channels
    from wisp.api.edits.sync import LockAndSync

    workspace = open_workspace(call)
    remove_channels(
        workspace.manifest,
        call.values.channel,
        place_of(call),
        sync=LockAndSync(workspace, usage_of(call), lenient=True),
    )
    for channel in call.values.channel:
        call.out.success(f"Removed {_described(workspace, channel)}")
    return 0


def _described(workspace: Workspace, channel: str) -> str:
    from wisp.specs.conda import channel_url

    return f"{channel} ({channel_url(channel, workspace.root)})"


def _priority(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"invalid value '{text}' for '--priority': not a number") from None


_CHANNELS = (Argument("channel", "CHANNEL", "some", help="A channel's name or URL"),)
_CHANGES = (
    Option(("--priority",), "PRIORITY", "value", help="Which channel wins: the higher number"),
    Option(("--prepend",), help="Put the channels before the others"),
    FEATURE,
    ENVIRONMENT,
    *options.LOCK_AND_INSTALL,
    *options.CONFIG,
)

COMMAND = Command(
    name="channel",
    summary="List, add or remove channels",
    options=(options.SCRIPT, *options.CONFIG_SOURCE),
    commands=(
        Command(
            name="add",
            summary="Add channels and lock anew",
            aliases=("a",),
            arguments=_CHANNELS,
            options=_CHANGES,
            run=add,
        ),
        Command(
            name="list",
            summary="List the channels of each environment",
            aliases=("ls",),
            options=(Option(("--urls",), help="Print URLs instead of names"),),
            run=show,
        ),
        Command(
            name="remove",
            summary="Remove channels and lock anew",
            aliases=("rm",),
            arguments=_CHANNELS,
            options=_CHANGES,
            run=remove,
        ),
    ),
)
