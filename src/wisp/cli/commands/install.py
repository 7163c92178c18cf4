"""`install`: lock if needed, then bring environments to what is locked."""

from __future__ import annotations

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import Command, Option
from wisp.cli.opening import open_workspace

#: With other options than these the answer is not the usual one.
_HARMLESS = frozenset({"environment", "all", "locked", "frozen"})


def run(call: Call) -> int:
    """Install the chosen environments and say which."""
    from wisp.api.use.installing import InstallFilter, installed_message

    values = call.values
    workspace = open_workspace(call)
    chosen = InstallFilter(
        skip=tuple(values.skip),
        skip_with_deps=tuple(values.skip_with_deps),
        only=tuple(values.only),
    )
    outcome = workspace.install(
        tuple(values.environment),
        every=values.all,
        platform=values.platform,
        locked=values.locked,
        frozen=values.frozen,
        chosen=chosen,
    )
    interrupts.ignore()  # all is done
    message = installed_message(outcome)
    call.out.success(message)
    if not call.out.warned and call.given <= _HARMLESS:
        from wisp.api.use.snapshot_writer import remember_answer

        remember_answer(workspace, _words(call), message, outcome.lock, outcome.outcomes)
    return 0


def _words(call: Call) -> tuple[str, ...]:
    """Return the command line that says the same again."""
    environments = [word for name in call.values.environment for word in ("-e", name)]
    flags = [f"--{name}" for name in ("all", "locked", "frozen") if getattr(call.values, name)]
    return ("install", *environments, *flags)


COMMAND = Command(
    name="install",
    summary="Install an environment, locking it first where needed",
    aliases=("i",),
    options=(
        options.ENVIRONMENTS,
        Option(("-a", "--all"), conflicts=("--environment",), help="Install every environment"),
        options.PLATFORM,
        Option(("--skip",), "SKIP", "list", help="Leave a package out, keep its dependencies"),
        Option(
            ("--skip-with-deps",),
            "SKIP_WITH_DEPS",
            "list",
            help="Leave a package out and what only it needs",
        ),
        Option(("--only",), "ONLY", "list", help="Only these packages and what they need"),
        *options.LOCK,
        *options.WORKSPACE,
        *options.CONFIG,
    ),
    run=run,
)
