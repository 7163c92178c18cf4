"""`reinstall`: place packages of environments again, whatever stands there."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import arguments, flag, top
from wisp.cli.opening import open_workspace, usage_of


class Options(options.Lock, options.Workspace, options.Config):
    """What `reinstall` takes."""

    package: tuple[str, ...] = arguments("PACKAGE", needed=False, help="Packages (default: all)")
    environment: tuple[str, ...] = options.ENVIRONMENTS
    all: bool = flag("-a", "--all", conflicts=("--environment",), help="In every environment")
    platform: str | None = options.PLATFORM


def run(call: Call[Options]) -> int:
    """Reinstall the named packages, or all, in the chosen environments."""
    from wisp.console.installed import installed_message

    values = call.values
    outcome = open_workspace(call).reinstall(
        tuple(values.package),
        environments=tuple(values.environment),
        every=values.all,
        platform=values.platform,
        usage=usage_of(call),
    )
    call.out.success(installed_message(outcome, verb="re-installed"))
    return 0


COMMAND = top("reinstall", Options, run, example="reinstall numpy")
