"""`workspace channel`: list, add and remove channels."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.parts import InFeature, part_of
from wisp.cli.declare import Command, arguments, flag, top, value
from wisp.cli.looking import remember
from wisp.cli.opening import open_workspace, usage_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import Workspace


class Channel(options.Script, options.Manifest):
    """What all commands of `channel` take."""


class Change(InFeature, options.LockAndInstall, options.Config, Channel):
    """What `add` and `remove` take."""

    channel: tuple[str, ...] = arguments("CHANNEL", help="A channel's name or URL")
    priority: int | None = value(
        "--priority", read=options.whole, signed=True, help="Which channel wins: the higher number"
    )
    prepend: bool = flag("--prepend", help="Put the channels before the others")


class List(Channel):
    """What `list` takes."""

    urls: bool = flag("--urls", help="Print URLs instead of names")


def show(call: Call[List]) -> int:
    """Print the channels of each environment."""
    workspace = open_workspace(call)
    for environment, channels in workspace.show.channels():
        call.out.result(f"Environment: {environment}")
        for channel in channels:
            shown = channel.url if call.values.urls else channel.text
            call.out.public(f"- {shown}")
    remember(call, workspace)
    return 0


def add(call: Call[Change]) -> int:
    """Add channels, lock and install anew."""
    values = call.values
    workspace = open_workspace(call)
    priority = values.priority
    workspace.edit.add_channels(
        values.channel,
        priority=priority,
        prepend=values.prepend,
        usage=usage_of(call),
        **part_of(call),
    )
    suffix = "" if priority is None else f" at priority {priority}"
    for channel in values.channel:
        call.out.success(f"Added {_described(workspace, channel)}{suffix}")
    return 0


def remove(call: Call[Change]) -> int:
    """Take channels away, lock and install anew."""
    workspace = open_workspace(call)
    workspace.edit.remove_channels(call.values.channel, usage=usage_of(call), **part_of(call))
    for channel in call.values.channel:
        call.out.success(f"Removed {_described(workspace, channel)}")
    return 0


def _described(workspace: Workspace, channel: str) -> str:
    """Return a channel with the address that its name stands for."""
    from wisp.specs.conda import channel_url

    if "://" in channel:
        return channel.rstrip("/")
    if channel.startswith((".", "/", "~")):
        return channel
    return f"{channel} ({channel_url(channel, workspace.root)})"


COMMAND = top(
    "workspace channel",
    Channel,
    commands=(
        Command(
            name="add",
            summary="Add channels and lock anew",
            values=Change,
            run=add,
            aliases=("a",),
            example="workspace channel add bioconda",
        ),
        Command(
            name="list",
            summary="List the channels of each environment",
            values=List,
            run=show,
            aliases=("ls",),
            example="workspace channel list --urls",
            remembered=frozenset(("urls",)),
        ),
        Command(
            name="remove",
            summary="Remove channels and lock anew",
            values=Change,
            run=remove,
            aliases=("rm",),
            example="workspace channel remove bioconda",
        ),
    ),
)
