"""`exec`: run a command in an environment that is made for it."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import flag, tail, top, value, values
from wisp.cli.opening import open_session
from wisp.errors import UsageError


class Options(options.Config):
    """What `exec` takes."""

    command: tuple[str, ...] = tail("COMMAND", help="The command and its arguments")
    spec: tuple[str, ...] = values(
        "-s", "--spec", help="A package to install instead of the one named like the command"
    )
    beside: tuple[str, ...] = values(
        "-w",
        "--with",
        conflicts=("--spec",),
        help="A package to install beside the one named like the command",
    )
    pypi: tuple[str, ...] = values(
        "--pypi", help="A PyPI package to install; nothing is guessed then"
    )
    channel: tuple[str, ...] = values("-c", "--channel", help="A channel, by name or URL")
    platform: str | None = value(
        "-p", "--platform", metavar="SUBDIR", help="The platform to solve for"
    )
    force_reinstall: bool = flag("--force-reinstall", help="Make the environment anew")
    list: str | None = value(
        "--list",
        metavar="REGEX",
        bare="",
        help="First print the packages of the environment, all or those whose name fits",
    )
    exclude_newer: str | None = value(
        "--exclude-newer",
        metavar="WHEN",
        help="Only packages up to a moment, a day or a time ago, such as `7d`",
    )
    lock: str | None = value(
        "--lock",
        metavar="FILE",
        help="Install what this lock file has; write it if it is not there or does not fit",
    )
    locked: bool = flag(
        "--locked", requires=("--lock",), help="Fail instead of writing the lock file"
    )
    no_modify_ps1: bool = flag("--no-modify-ps1", help="Leave the prompt as it is")


def run(call: Call[Options]) -> int:
    """Prepare the environment and become the command."""
    from pathlib import Path

    from wisp import OneOffRequest

    values = call.values
    if not values.command:
        raise UsageError("the command to run is missing", exit_code=1)
    session = open_session(call)
    request = OneOffRequest(
        command=values.command,
        specs=values.spec,
        extra=values.beside,
        pypi=values.pypi,
        channels=values.channel,
        platform=values.platform,
        force=values.force_reinstall,
        prompt=not values.no_modify_ps1 and session.config.change_prompt,
        exclude_newer=values.exclude_newer,
        lock=Path(values.lock) if values.lock else None,
        locked=values.locked,
    )
    prepared = session.one_off(request, call.cwd)
    if values.list is not None:
        from wisp.console.tool_list import package_list

        pattern = values.list or None
        for line in package_list("The environment", prepared.packages(pattern), pattern):
            call.out.public(line)
    call.reporter.hand_over()
    call.out.flush()
    session.become(prepared, values.command)


COMMAND = top(
    "exec", Options, run, help_without_words=True, example="exec --spec 'python=3.12' python -V"
)
