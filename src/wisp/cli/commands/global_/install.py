"""`global install`: install tools."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.global_ import common
from wisp.cli.declare import Command, flag, value, values
from wisp.errors import InstallError, WispError


class Options(common.Packages, options.Config):
    """What `global install` takes."""

    channel: tuple[str, ...] = values("-c", "--channel", help="A channel, by name or URL")
    platform: str | None = value("-p", "--platform", help="The platform to install for")
    environment: str | None = value(
        "-e", "--environment", help="Put all packages into one environment of this name"
    )
    beside: tuple[str, ...] = values("--with", help="A package beside, of which nothing is exposed")
    pypi: tuple[str, ...] = values(
        "--pypi", help="A PyPI package to install, as `ruff` or `ruff>=0.5`"
    )
    force_reinstall: bool = flag("--force-reinstall", help="Install again what is there")
    no_shortcuts: bool = flag("--no-shortcut", "--no-shortcuts", help="Install no menu entries")


def run(call: Call[Options]) -> int:
    """Install each package, say what is there now, and fail if any could not be installed."""
    from wisp import ToolRequest
    from wisp.console.tool_list import EMPTY, tool_list

    values = call.values
    request = ToolRequest(
        words=common.words_of(values, needed=not values.pypi),
        pypi=values.pypi,
        environment=values.environment,
        beside=values.beside,
        expose=values.expose,
        channels=values.channel,
        platform=values.platform,
        force=values.force_reinstall,
        shortcuts=not values.no_shortcuts,
    )
    tools = common.open_tools(call)
    outcome = tools.install(request, call.cwd)
    asked = {*outcome.done, *outcome.failed}
    rows = tools.environments(only=[e.name for e in tools.declared if e.name in asked])
    for line in tool_list(rows, outcome.done, call.out.painter()) if rows else (EMPTY,):
        call.out.result(line)
    if not outcome.failed:
        return 0
    raise InstallError(
        f"Couldn't install the following environments: {', '.join(outcome.failed)}",
        causes=[_cause(name, error) for name, error in outcome.failed.items()],
        hints=dict.fromkeys(hint for error in outcome.failed.values() for hint in error.hints),
    )


def _cause(name: str, error: WispError) -> str:
    return "\n".join([f"{name}: {error.message}", *map(str, error.causes)])


COMMAND = Command(
    name="install",
    summary="Install tools, each in an environment of its own",
    values=Options,
    run=run,
    aliases=("i",),
    help_without_words=True,
    example="global install ripgrep 'python=3.12'",
)
