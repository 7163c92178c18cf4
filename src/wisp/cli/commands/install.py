"""`install`: lock if needed, then bring environments to what is locked."""

from __future__ import annotations

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import flag, top, values
from wisp.cli.opening import open_workspace, usage_of


class Options(options.Lock, options.Script, options.Config):
    """What `install` takes."""

    environment: tuple[str, ...] = options.ENVIRONMENTS
    all: bool = flag("-a", "--all", conflicts=("--environment",), help="Install every environment")
    platform: str | None = options.PLATFORM
    skip: tuple[str, ...] = values("--skip", help="Leave a package out, keep its dependencies")
    skip_with_deps: tuple[str, ...] = values(
        "--skip-with-deps", help="Leave a package out and what only it needs"
    )
    only: tuple[str, ...] = values("--only", help="Only these packages and what they need")


def run(call: Call[Options]) -> int:
    """Install the chosen environments and say which."""
    from wisp.console.installed import installed_message

    values = call.values
    workspace = open_workspace(call)
    outcome = workspace.install(
        values.environment,
        every=values.all,
        platform=values.platform,
        skip=values.skip,
        skip_with_deps=values.skip_with_deps,
        only=values.only,
        usage=usage_of(call),
    )
    interrupts.ignore()  # all is done
    message = installed_message(outcome)
    call.out.success(message)
    if not call.out.warned and call.usual and values.script is None:
        names = tuple(outcome.outcomes)
        workspace.terminal.remember_answer(_words(call), message, outcome.lock, names)
    return 0


def _words(call: Call[Options]) -> tuple[str, ...]:
    """Return the command line that says the same again."""
    environments = [word for name in call.values.environment for word in ("-e", name)]
    values = call.values
    flags = {"--all": values.all, "--locked": values.locked, "--frozen": values.frozen}
    return ("install", *environments, *(flag for flag, given in flags.items() if given))


COMMAND = top(
    "install",
    Options,
    run,
    example="install -e test",
    remembered=frozenset(("environment", "all", "locked", "frozen")),
)
