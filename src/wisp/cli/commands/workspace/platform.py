"""`workspace platform`: list, add, change, move and remove platforms."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.workspace.parts import InFeature, part_of
from wisp.cli.declare import Command, argument, arguments, flag, top, value, values
from wisp.cli.looking import remember
from wisp.cli.opening import open_workspace, usage_of
from wisp.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp import AddedPlatform

    Anchor = Literal["before", "after", "top", "bottom"]


class Platform(options.Script, options.Manifest):
    """What all commands of `platform` take."""


class Described(options.NoInstall):
    """Versions of virtual packages, each under a name for people."""

    cuda: str | None = value("--cuda", metavar="VERSION", help="Version of __cuda")
    cuda_arch: str | None = value("--cuda-arch", metavar="VERSION", help="Version of __cuda_arch")
    amdgpu: str | None = value(
        "--amdgpu", metavar="ARCH", help="An AMD GPU: its architecture (gfx90a), or true"
    )
    archspec: str | None = value("--archspec", metavar="ARCH", help="Microarchitecture")
    glibc: str | None = value("--glibc", metavar="VERSION", help="Version of the C library (Linux)")
    linux: str | None = value("--linux", metavar="VERSION", help="Version of the kernel (Linux)")
    macos: str | None = value("--macos", "--osx", metavar="VERSION", help="Version of macOS")
    windows: str | None = value("--windows", metavar="VERSION", help="Version of Windows")

    def versions(self) -> dict[str, str]:
        """Return what was given, by the names of the options."""
        given = {
            "cuda": self.cuda,
            "cuda_arch": self.cuda_arch,
            "amdgpu": self.amdgpu,
            "archspec": self.archspec,
            "glibc": self.glibc,
            "linux": self.linux,
            "macos": self.macos,
            "windows": self.windows,
        }
        return {name: text for name, text in given.items() if text is not None}


class Add(InFeature, Described, Platform):
    """What `add` takes."""

    words: tuple[str, ...] = arguments(
        "PLATFORM",
        needed=False,
        help="A subdir, NAME=SUBDIR, or a virtual package: __NAME[=VERSION[=BUILD]]",
    )
    auto_detect: bool = flag(
        "--auto-detect", "--auto-detected", "--current", help="Add this machine, before the others"
    )


class Edit(Described, Platform):
    """What `edit` takes."""

    name: str = argument("NAME", help="Name of the platform")
    words: tuple[str, ...] = arguments(
        "VIRTUAL_PACKAGE", needed=False, help="What to declare: __NAME[=VERSION[=BUILD]]"
    )
    subdir: str | None = value("--subdir", help="Another subdir")
    remove_virtual_package: tuple[str, ...] = values(
        "--remove-virtual-package", metavar="NAME", help="A virtual package to drop"
    )
    clear_virtual_packages: bool = flag(
        "--clear-virtual-packages", help="Drop all virtual packages first"
    )


class List(Platform):
    """What `list` takes."""

    json: bool = options.JSON
    machine_readable: bool = flag("--machine-readable", conflicts=("--json",), hidden=True)


class Move(options.NoInstall, Platform):
    """What `move` takes."""

    name: str = argument("NAME", help="Name of the platform")
    before: str | None = value("--before", metavar="PLATFORM", help="Before this one")
    after: str | None = value("--after", metavar="PLATFORM", help="Behind this one")
    to_top: bool = flag("--to-top", help="Before all others")
    to_bottom: bool = flag("--to-bottom", help="Behind all others")


class Remove(InFeature, options.NoInstall, Platform):
    """What `remove` takes."""

    platform: tuple[str, ...] = arguments("PLATFORM", help="Name of a platform")


def show(call: Call[List]) -> int:
    """Print the platforms beside what this machine is."""
    from wisp.console.declared_list import platform_lines

    workspace = open_workspace(call)
    listing = workspace.show.platforms()
    if call.values.json:
        call.out.json(listing.as_data())
    elif call.values.machine_readable:
        call.out.result(" ".join(platform.name for platform in listing.platforms))
    else:
        call.out.result("\n".join(platform_lines(listing, call.out.painter())))
    remember(call, workspace)
    return 0


def add(call: Call[Add]) -> int:
    """Declare platforms, then lock and install anew."""
    values = call.values
    platforms = open_workspace(call).edit.add_platforms(
        values.words,
        packages=values.versions(),
        detect=values.auto_detect,
        usage=usage_of(call),
        **part_of(call),
    )
    for added in platforms:
        call.out.success(_told(added, values))
        if values.auto_detect and added.state == "added":
            _tell_how_to_refine(call, added.name)
    return 0


def _tell_how_to_refine(call: Call[Add], name: str) -> None:
    """What was detected is this very machine; mostly one means others like it, too."""
    edit = f"{call.program} workspace platform edit {name}"
    call.out.note(
        "  Machines with an older kernel, C library or processor do not fit it:\n"
        f"  `{edit} --remove-virtual-package __archspec` takes one of its virtual packages away,\n"
        f"  `{edit} --clear-virtual-packages` all of them"
    )


def _told(added: AddedPlatform, values: Add) -> str:
    """Say what came of a platform that was to be added."""
    name = added.name
    front = "moved it to the front" if values.auto_detect else "nothing to do"
    if added.state == "matching":
        return f"Platform {name} already matches this machine; {front}"
    if added.state == "present":
        return f"Platform {name} is already present; {front}"
    if values.feature is not None:
        return f"Added {name} to feature '{values.feature}'"
    if values.environment is not None:
        return f"Added {name} to environment '{values.environment}'"
    if values.auto_detect:
        return f"Added platform {name} (detected from this machine)"
    return f"Added {name}"


def change(call: Call[Edit]) -> int:
    """Change what a platform declares, then lock and install anew."""
    values = call.values
    open_workspace(call).edit.change_platform(
        values.name,
        subdir=values.subdir,
        clear=values.clear_virtual_packages,
        drop=values.remove_virtual_package,
        packages=values.versions(),
        words=values.words,
        usage=usage_of(call),
    )
    call.out.success(f"Updated platform {values.name}")
    return 0


def move(call: Call[Move]) -> int:
    """Move a platform in the list, which is the order of preference."""
    anchor, other = _anchor(call)
    open_workspace(call).edit.move_platform(call.values.name, anchor, other, usage=usage_of(call))
    call.out.success(f"Moved platform {call.values.name}")
    return 0


def _anchor(call: Call[Move]) -> tuple[Anchor, str | None]:
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


def remove(call: Call[Remove]) -> int:
    """Take platforms away, then lock and install anew."""
    names = call.values.platform
    open_workspace(call).edit.remove_platforms(names, usage=usage_of(call), **part_of(call))
    for name in call.values.platform:
        call.out.success(f"Removed {name}")
    return 0


COMMAND = top(
    "workspace platform",
    Platform,
    commands=(
        Command(
            name="add",
            summary="Add platforms and lock anew",
            values=Add,
            run=add,
            aliases=("a",),
            example="workspace platform add osx-arm64",
        ),
        Command(
            name="edit",
            summary="Change a platform and lock anew",
            values=Edit,
            run=change,
            aliases=("e",),
            example="workspace platform edit gpu --cuda 13",
        ),
        Command(
            name="list",
            summary="List the platforms",
            values=List,
            run=show,
            aliases=("ls",),
            example="workspace platform list",
            remembered=frozenset(("json", "machine_readable")),
        ),
        Command(
            name="move",
            summary="Move a platform in the order of preference",
            values=Move,
            run=move,
            aliases=("mv",),
            example="workspace platform move osx-arm64 --to-top",
        ),
        Command(
            name="remove",
            summary="Remove platforms and lock anew",
            values=Remove,
            run=remove,
            aliases=("rm",),
            example="workspace platform remove win-64",
        ),
    ),
)
