"""`config`: look at and change configuration files."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, flag, optional, top
from wisp.cli.opening import open_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal, TypedDict

    Level = Literal["local", "global", "shared", "system"]

    class Scope(TypedDict):
        """Whose configuration is meant."""

        level: Level | None
        root: Path | None


_GROUP = "Config Options"


class Scoped(options.Workspace):
    """Which configuration file is meant."""

    local: bool = flag(
        "-l",
        "--local",
        conflicts=("--global", "--shared", "--system"),
        group=_GROUP,
        help="The workspace's configuration",
    )
    global_: bool = flag(
        "-g",
        "--global",
        conflicts=("--local", "--shared", "--system"),
        group=_GROUP,
        help="The user's configuration",
    )
    shared: bool = flag(
        "--shared",
        conflicts=("--local", "--global", "--system"),
        group=_GROUP,
        help="The user's configuration of all tools on rattler",
    )
    system: bool = flag(
        "-s",
        "--system",
        conflicts=("--local", "--global", "--shared"),
        group=_GROUP,
        help="The configuration of the machine",
    )


_KEY: str = argument("KEY", help="A key such as `default-channels` or `shell.change-ps1`")


class Keyed(Scoped):
    """A key of the configuration."""

    key: str = _KEY


class Grow(Scoped):
    """What `append` and `prepend` take: first the key."""

    key: str = _KEY
    value: str = argument("VALUE", help="The value")


class Edit(Scoped):
    """What `edit` takes."""

    editor: str | None = optional("EDITOR", help="The editor")


class List(Scoped):
    """What `list` takes."""

    key: str | None = optional("KEY", help="Only this key")
    json: bool = options.JSON


class Set(Scoped):
    """What `set` takes: first the key."""

    key: str = _KEY
    value: str | None = optional("VALUE", help="The value")


def run_list(call: Call[List]) -> int:
    """Print the configuration, as TOML or JSON."""
    listing = open_session(call).configured(call.values.key, **_scope(call))
    for warning in listing.warnings:
        call.out.warning(warning)
    if call.values.json:
        call.out.public_json(listing.data)
        return 0
    if not listing.text:
        call.out.note("Configuration not set")
    call.out.public(listing.text)
    return 0


def run_set(call: Call[Set]) -> int:
    """Set a key, or take it away when no value is given."""
    return _told(
        call, open_session(call).configure(call.values.key, call.values.value, **_scope(call))
    )


def run_unset(call: Call[Keyed]) -> int:
    """Take a key away."""
    return _told(call, open_session(call).configure(call.values.key, None, **_scope(call)))


def run_append(call: Call[Grow]) -> int:
    """Add a value at the end of a list."""
    values = call.values
    session, scope = open_session(call), _scope(call)
    file = session.extend_config(values.key, values.value, first=False, **scope)
    return _told(call, file)


def run_prepend(call: Call[Grow]) -> int:
    """Add a value at the beginning of a list."""
    values = call.values
    session, scope = open_session(call), _scope(call)
    file = session.extend_config(values.key, values.value, first=True, **scope)
    return _told(call, file)


def run_edit(call: Call[Edit]) -> int:
    """Open the file in an editor and pass its exit code on."""
    return open_session(call).edit_config(call.values.editor, **_scope(call))


def _told(call: Call, file: Path) -> int:
    call.out.note(f"✅ Updated config at {file}")
    return 0


def _scope(call: Call[Scoped]) -> Scope:
    """Return the level and the workspace whose configuration is meant."""
    values = call.values
    level: Level | None = None
    if values.local:
        level = "local"
    elif values.global_ or values.system:
        level = "global" if values.global_ else "system"
    elif values.shared:
        level = "shared"
    root = open_session(call).enclosing_root(call.cwd, values.manifest_path)
    return {"level": level, "root": root}


COMMAND = top(
    "config",
    options.Global,
    help_without_words=True,
    commands=(
        Command(
            name="append",
            summary="Add a value at the end of a list",
            values=Grow,
            run=run_append,
            example="config append default-channels bioconda",
        ),
        Command(
            name="edit",
            summary="Open the configuration file in an editor",
            values=Edit,
            run=run_edit,
            aliases=("e",),
            example="config edit vim",
        ),
        Command(
            name="list",
            summary="Print the configuration",
            values=List,
            run=run_list,
            aliases=("ls", "l"),
            example="config list default-channels",
        ),
        Command(
            name="prepend",
            summary="Add a value at the beginning of a list",
            values=Grow,
            run=run_prepend,
            example="config prepend default-channels bioconda",
        ),
        Command(
            name="set",
            summary="Set a key; without a value, take it away",
            values=Set,
            run=run_set,
            example="config set --global detached-environments true",
        ),
        Command(
            name="unset",
            summary="Take a key away",
            values=Keyed,
            run=run_unset,
            example="config unset shell.change-ps1",
        ),
    ),
)
