"""`workspace platform`: list, add, change, move and remove platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.places import ENVIRONMENT, FEATURE, place_of
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace, usage_of
from wisp.errors import UsageError

if TYPE_CHECKING:
    from wisp.api.edits.platforms import Anchor

#: Options that stand for virtual packages, by the names of the values they fill.
_FRIENDLY = ("cuda", "cuda_arch", "archspec", "glibc", "linux", "macos", "windows")


def show(call: Call) -> int:
    """Print the platforms beside what this machine is."""
    from wisp.api.views.platform_list import list_platforms

    listing = list_platforms(open_workspace(call).manifest)
    if call.values.json:
        call.out.json(listing.as_data())
    elif call.values.machine_readable:
        call.out.result(" ".join(platform.name for platform in listing.platforms))
    else:
        call.out.result(listing.as_text())
    return 0


def add(call: Call) -> int:
    """Declare platforms, then lock and install anew."""
    from wisp.api.edits.platforms import add_platforms, friendly_packages, wanted_platforms
    from wisp.api.edits.sync import LockAndSync

    values = call.values
    platforms = wanted_platforms(
        values.words, friendly_packages(_friendly(call)), detect=values.auto_detect
    )
    workspace = open_workspace(call)
    add_platforms(
        workspace.manifest,
        platforms,
        place_of(call),
        first=values.auto_detect,
        sync=LockAndSync(workspace, usage_of(call), lenient=True),
    )
    for platform in platforms:
        call.out.success(f"Added {platform.name}")
    return 0


def change(call: Call) -> int:
    """Change what a platform declares, then lock and install anew."""
    from wisp.api.edits.platforms import (
        PlatformChange,
        edit_platform,
        friendly_packages,
        raw_packages,
    )
    from wisp.api.edits.sync import LockAndSync

    values = call.values
    workspace = open_workspace(call)
    changed = PlatformChange(
        subdir=values.subdir,
        clear=values.clear_virtual_packages,
        drop=tuple(values.remove_virtual_package),
        packages=(*friendly_packages(_friendly(call)), *raw_packages(values.words)),
    )
    sync = LockAndSync(workspace, usage_of(call), lenient=True)
    edit_platform(workspace.manifest, values.name, changed, sync=sync)
    call.out.success(f"Edited {values.name}")
    return 0


def move(call: Call) -> int:
    """Move a platform in the list, which is the order of preference."""
    from wisp.api.edits.platforms import move_platform
    from wisp.api.edits.sync import LockAndSync

    anchor, other = _anchor(call)
    workspace = open_workspace(call)
    sync = LockAndSync(workspace, usage_of(call), lenient=True)
    move_platform(workspace.manifest, call.values.name, anchor, other, sync=sync)
    call.out.success(f"Moved {call.values.name}")
    return 0


def _anchor(call: Call) -> tuple[Anchor, str | None]:
    values = call.values
    given: list[tuple[Anchor, str | None]] = []
    if values.before is not None:
        given.append(("before", values.before))
    if values.after is not None:
        given.append(("after", values.after))
    if values.to_top:
        given.append(("top", None))
    if values.to_bottom:
        given.append(("bottom", None))
    if len(given) != 1:
        raise UsageError(
            "exactly one of '--before', '--after', '--to-top' and '--to-bottom' is needed"
        )
    return given[0]


def remove(call: Call) -> int:
    """Take platforms away, then lock and install anew."""
    from wisp.api.edits.platforms import remove_platforms
    from wisp.api.edits.sync import LockAndSync

    workspace = open_workspace(call)
    sync = LockAndSync(workspace, usage_of(call), lenient=True)
    remove_platforms(workspace.manifest, call.values.platform, place_of(call), sync=sync)
    for name in call.values.platform:
        call.out.success(f"Removed {name}")
    return 0


def _friendly(call: Call) -> dict[str, str]:
    values = vars(call.values)
    return {name: values[name] for name in _FRIENDLY if values[name] is not None}


_VERSIONS = (
    Option(("--cuda",), "VERSION", "value", help="Version of __cuda"),
    Option(("--cuda-arch",), "VERSION", "value", help="Version of __cuda_arch"),
    Option(("--archspec",), "ARCH", "value", help="Microarchitecture"),
    Option(("--glibc",), "VERSION", "value", help="Version of the C library (Linux)"),
    Option(("--linux",), "VERSION", "value", help="Version of the kernel (Linux)"),
    Option(("--macos", "--osx"), "VERSION", "value", help="Version of macOS"),
    Option(("--windows",), "VERSION", "value", help="Version of Windows"),
)
_NAME = Argument("name", "NAME", help="Name of the platform")

_ADD = Command(
    name="add",
    summary="Add platforms and lock anew",
    aliases=("a",),
    arguments=(
        Argument(
            "words",
            "PLATFORM|NAME=PLATFORM|__NAME[=VERSION[=BUILD]]",
            "any",
            help="A subdir, a named platform, or a virtual package",
        ),
    ),
    options=(
        Option(
            ("--auto-detect", "--auto-detected", "--current"),
            help="Add this machine, before the others",
        ),
        *_VERSIONS,
        options.NO_INSTALL,
        FEATURE,
        ENVIRONMENT,
    ),
    run=add,
)
_EDIT = Command(
    name="edit",
    summary="Change a platform and lock anew",
    aliases=("e",),
    arguments=(
        _NAME,
        Argument("words", "__NAME[=VERSION[=BUILD]]", "any", help="A virtual package"),
    ),
    options=(
        Option(("--subdir",), "SUBDIR", "value", help="Another subdir"),
        *_VERSIONS,
        Option(("--remove-virtual-package",), "NAME", "list", help="A virtual package to drop"),
        Option(("--clear-virtual-packages",), help="Drop all virtual packages first"),
        options.NO_INSTALL,
    ),
    run=change,
)
_MOVE = Command(
    name="move",
    summary="Move a platform in the order of preference",
    aliases=("mv",),
    arguments=(_NAME,),
    options=(
        Option(("--before",), "PLATFORM", "value", help="Before this one"),
        Option(("--after",), "PLATFORM", "value", help="Behind this one"),
        Option(("--to-top",), help="Before all others"),
        Option(("--to-bottom",), help="Behind all others"),
        options.NO_INSTALL,
    ),
    run=move,
)

COMMAND = Command(
    name="platform",
    summary="List, add, change, move or remove platforms",
    options=(options.SCRIPT, *options.CONFIG_SOURCE),
    commands=(
        _ADD,
        _EDIT,
        Command(
            name="list",
            summary="List the platforms",
            aliases=("ls",),
            options=(
                options.JSON,
                Option(("--machine-readable",), conflicts=("--json",), hidden=True),
            ),
            run=show,
        ),
        _MOVE,
        Command(
            name="remove",
            summary="Remove platforms and lock anew",
            aliases=("rm",),
            arguments=(Argument("platform", "PLATFORM", "some", help="Name of a platform"),),
            options=(options.NO_INSTALL, FEATURE, ENVIRONMENT),
            run=remove,
        ),
    ),
)
