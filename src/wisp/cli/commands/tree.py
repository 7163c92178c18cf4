"""`tree`: what the packages of an environment need."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace, usage_of
from wisp.errors import UsageError


def run(call: Call) -> int:
    """Draw the tree of the locked packages, or the inverted one."""
    from wisp.api.locks.locked_view import look_up
    from wisp.api.views.dependency_tree import dependency_tree, dependents_tree

    values = call.values
    if values.invert and values.regex is None:
        raise UsageError("the following required arguments were not provided:\n  <REGEX>")
    workspace = open_workspace(call)
    view = look_up(workspace, values.environment, values.platform, usage_of(call))
    for line in view.heading:
        call.out.note(line)
    if values.invert:
        lines = dependents_tree(view.lock, view.inputs, values.regex)
    else:
        lines = dependency_tree(view.lock, view.inputs, values.regex)
    for line in lines:
        call.out.result(line)
    return 0


COMMAND = Command(
    name="tree",
    aliases=("t",),
    summary="Show what the packages of an environment need",
    arguments=(Argument("regex", "REGEX", "optional", help="Only packages whose name fits"),),
    options=(
        options.PLATFORM,
        options.ENVIRONMENT,
        Option(("-i", "--invert"), help="Show who needs the packages"),
        *options.LOCK_AND_INSTALL,
        *options.WORKSPACE,
        options.SCRIPT,
        *options.CONFIG_SOURCE,
    ),
    run=run,
)
