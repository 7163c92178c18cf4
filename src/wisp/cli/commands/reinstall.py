"""`reinstall`: place packages of environments again, whatever stands there."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.opening import open_workspace


def run(call: Call) -> int:
    """Reinstall the named packages, or all, in the chosen environments."""
    from wisp.api.use.installing import installed_message

    values = call.values
    outcome = open_workspace(call).reinstall(
        tuple(values.package),
        environments=tuple(values.environment),
        every=values.all,
        platform=values.platform,
        locked=values.locked,
        frozen=values.frozen,
    )
    call.out.success(installed_message(outcome, verb="re-installed"))
    return 0


COMMAND = Command(
    name="reinstall",
    summary="Install packages of an environment again",
    arguments=(Argument("package", "PACKAGE", "any", "Packages (default: all)"),),
    options=(
        options.ENVIRONMENTS,
        Option(("-a", "--all"), conflicts=("--environment",), help="In every environment"),
        options.PLATFORM,
        *options.LOCK,
        *options.WORKSPACE,
        *options.CONFIG,
    ),
    run=run,
)
