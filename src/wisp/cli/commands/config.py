"""`config`: look at and change configuration files."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.values import replace

if TYPE_CHECKING:
    from pathlib import Path

    from wisp.api.configuring import ConfigScope, Level


def run_list(call: Call) -> int:
    """Print the configuration, as TOML or JSON."""
    from wisp.api.configuring import list_config

    listing = list_config(_scope(call), call.values.key)
    for warning in listing.warnings:
        call.out.warning(warning)
    if call.values.json:
        call.out.public_json(listing.data)
        return 0
    if not listing.text:
        call.out.note("Configuration not set")
    call.out.public(listing.text)
    return 0


def run_set(call: Call) -> int:
    """Set a key, or take it away when no value is given."""
    from wisp.api.configuring import set_config

    return _told(call, set_config(_scope(call), call.values.key, call.values.value))


def run_unset(call: Call) -> int:
    """Take a key away."""
    from wisp.api.configuring import set_config

    return _told(call, set_config(_scope(call), call.values.key, None))


def run_append(call: Call) -> int:
    """Add a value at the end of a list."""
    from wisp.api.configuring import grow_config

    values = call.values
    return _told(call, grow_config(_scope(call), values.key, values.value, at_end=True))


def run_prepend(call: Call) -> int:
    """Add a value at the beginning of a list."""
    from wisp.api.configuring import grow_config

    values = call.values
    return _told(call, grow_config(_scope(call), values.key, values.value, at_end=False))


def run_edit(call: Call) -> int:
    """Open the file in an editor and pass its exit code on."""
    from wisp.api.configuring import edit_config

    return edit_config(_scope(call), call.values.editor)


def _told(call: Call, file: Path) -> int:
    call.out.note(f"✅ Updated config at {file}")
    return 0


def _scope(call: Call) -> ConfigScope:
    from wisp.api.configuring import ConfigScope, enclosing_root

    values = vars(call.values)
    names = [name for name in ("local", "global", "system") if values.get(name)]
    scope = ConfigScope(environ=call.environ, level=cast("Level", names[0]) if names else None)
    root = enclosing_root(call.cwd, call.environ, values.get("manifest_path"))
    return replace(scope, root=root)


_GROUP = "Config Options"
_LEVELS = (
    Option(
        ("-l", "--local"),
        conflicts=("--global", "--system"),
        group=_GROUP,
        help="The workspace's configuration",
    ),
    Option(
        ("-g", "--global"),
        conflicts=("--local", "--system"),
        group=_GROUP,
        help="The user's configuration",
    ),
    Option(
        ("-s", "--system"),
        conflicts=("--local", "--global"),
        group=_GROUP,
        help="The configuration of the machine",
    ),
)
_SHARED = (*_LEVELS, *options.WORKSPACE)
_KEY = Argument("key", "KEY", help="A key such as `default-channels` or `shell.change-ps1`")
_VALUE = Argument("value", "VALUE", help="The value")

COMMAND = Command(
    name="config",
    summary="Look at and change the configuration",
    help_without_words=True,
    commands=(
        Command(
            name="append",
            summary="Add a value at the end of a list",
            arguments=(_KEY, _VALUE),
            options=_SHARED,
            run=run_append,
        ),
        Command(
            name="edit",
            summary="Open the configuration file in an editor",
            aliases=("e",),
            arguments=(Argument("editor", "EDITOR", arity="optional", help="The editor"),),
            options=_SHARED,
            run=run_edit,
        ),
        Command(
            name="list",
            summary="Print the configuration",
            aliases=("ls", "l"),
            arguments=(Argument("key", "KEY", arity="optional", help="Only this key"),),
            options=(options.JSON, *_SHARED),
            run=run_list,
        ),
        Command(
            name="prepend",
            summary="Add a value at the beginning of a list",
            arguments=(_KEY, _VALUE),
            options=_SHARED,
            run=run_prepend,
        ),
        Command(
            name="set",
            summary="Set a key; without a value, take it away",
            arguments=(
                _KEY,
                Argument("value", "VALUE", arity="optional", help="The value"),
            ),
            options=_SHARED,
            run=run_set,
        ),
        Command(
            name="unset",
            summary="Take a key away",
            arguments=(_KEY,),
            options=_SHARED,
            run=run_unset,
        ),
    ),
)
