"""`tree`: what the packages of an environment need."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, optional, top
from wisp.cli.looking import remember
from wisp.cli.opening import open_workspace, usage_of
from wisp.errors import UsageError


class Options(options.LockAndInstall, options.Script, options.ConfigSource):
    """What `tree` takes."""

    regex: str | None = optional("REGEX", help="Only packages whose name fits")
    platform: str | None = options.PLATFORM
    environment: str | None = options.ENVIRONMENT
    invert: bool = flag("-i", "--invert", help="Show who needs the packages")
    json: bool = options.JSON


def run(call: Call[Options]) -> int:
    """Draw the tree of the locked packages, or the inverted one."""
    from wisp.console.package_tree import dependency_lines, dependent_lines, heading

    values = call.values
    regex = values.regex
    if values.invert and regex is None:
        raise UsageError("the following required arguments were not provided:\n  <REGEX>")
    workspace = open_workspace(call)
    tree = workspace.show.tree(
        values.environment,
        values.platform,
        pattern=values.regex,
        inverted=values.invert,
        usage=usage_of(call),
    )
    if values.json:
        call.out.public_json(tree.as_json())
        return 0
    for line in heading(tree):
        call.out.note(line)
    drawn = dependent_lines if values.invert else dependency_lines
    for line in drawn(tree.roots, call.out.painter()):
        call.out.result(line)
    remember(call, workspace, tree)
    return 0


COMMAND = top(
    "tree",
    Options,
    run,
    example="tree --invert openssl",
    remembered=options.HOW_LOCKED | {"platform", "environment", "invert"},
)
