"""`global list` and `global tree`: what is installed for the user."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.global_ import common
from wisp.cli.declare import Command, flag, optional, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from wisp import GlobalTools


class List(options.Config):
    """What `global list` takes."""

    regex: str | None = optional("REGEX", help="Only names that fit")
    environment: str | None = value("-e", "--environment", help="List its packages")
    sort_by: Literal["size", "name"] = value(
        "--sort-by",
        choices=("size", "name"),
        default="name",
        requires=("--environment",),
        help="The order of packages",
    )
    json: bool = options.JSON


class Tree(common.Environment, options.ConfigSource):
    """What `global tree` takes."""

    regex: str | None = optional("REGEX", help="Only packages whose name fits")
    invert: bool = flag("-i", "--invert", requires=("REGEX",), help="Show who needs the packages")


def run_list(call: Call[List]) -> int:
    """Print the environments, or the packages of one."""
    from wisp.console.tool_list import contents_list

    values = call.values
    tools = common.open_tools(call)
    if values.json:
        rows = tools.environments(values.regex)  # as Pixi, whatever `--environment` says
        call.out.public_json([row.as_json() for row in rows if row.dependencies])
        return 0
    if values.environment is not None:
        found = tools.contents(values.environment, values.regex, sort_by=values.sort_by)
        for line in contents_list(values.environment, found, values.regex):
            call.out.public(line)
        return 0
    _list_all(call, tools)
    return 0


def _list_all(call: Call[List], tools: GlobalTools) -> None:
    from wisp.console.tool_list import EMPTY, tool_list

    rows = tools.environments(call.values.regex)
    stale = [row.name for row in rows if not row.in_order]
    if stale:
        call.out.warning(
            f"environments that are not what the manifest says: {', '.join(stale)}",
            ("`pixi global sync` puts them in order",),
        )
    for row in rows:
        if not row.dependencies:
            call.out.warning(f"environment {row.name} has no dependencies, and is left out")
    shown = [row for row in rows if row.dependencies]
    if not shown:
        call.out.result(EMPTY)
        return
    call.out.result(f"Global environments as specified in '{tools.manifest_path}'")
    for line in tool_list(shown, paint=call.out.painter()):
        call.out.result(line)


def run_tree(call: Call[Tree]) -> int:
    """Draw what the packages of an environment need, or who needs them."""
    from wisp.console.package_tree import dependency_lines, dependent_lines

    values = call.values
    name = common.environment_of(values)
    roots = common.open_tools(call).tree(name, values.regex, inverted=values.invert)
    drawn = dependent_lines if values.invert else dependency_lines
    for line in drawn(roots, call.out.painter()):
        call.out.result(line)
    return 0


LIST = Command(
    name="list",
    summary="List environments, or the packages of one",
    values=List,
    run=run_list,
    aliases=("ls",),
    example="global list --environment python",
)
TREE = Command(
    name="tree",
    summary="Show what the tools of an environment need",
    values=Tree,
    run=run_tree,
    aliases=("t",),
    example="global tree --environment python",
)
