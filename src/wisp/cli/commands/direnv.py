"""`direnv`: write an `.envrc`, by which direnv activates an environment."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, top, value
from wisp.cli.opening import open_workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wisp import CompanionFile


class Options(options.Manifest):
    """What commands take that write files for other programs."""

    environment: str = value("-e", "--environment", default="default", help="The environment")
    only_print: bool = flag("--print", help="Print what would be written, and write nothing")
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Write our part of the file; all else in it stays."""
    values = call.values
    files = open_workspace(call).editors.direnv(values.environment, write=not values.only_print)
    tell(call, files)
    if files[0].changed and not values.only_print and not values.json:
        call.out.note("  direnv asks for your consent to it: `direnv allow`")
    return 0


def tell(call: Call[Options], files: Sequence[CompanionFile]) -> None:
    """Say what was written, or show what would be."""
    values = call.values
    if values.json:
        call.out.json(
            [{"path": str(one.path), "changed": one.changed, "text": one.text} for one in files]
        )
        return
    for one in files:
        if values.only_print:
            heading = f"// {one.path}\n" if len(files) > 1 else ""
            call.out.raw(f"{heading}{one.text}")
        elif one.changed:
            call.out.success(f"Wrote {one.path}")
        else:
            call.out.success(f"{one.path} says so already")


COMMAND = top("direnv", Options, run, example="direnv -e test")
