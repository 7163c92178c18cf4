"""Dispatch: which command is meant, and its call."""

from __future__ import annotations

import os
from importlib import import_module

from wisp.cli.call import Call
from wisp.cli.declare import declared
from wisp.cli.launch import version
from wisp.cli.options import Global, Workspace
from wisp.cli.parse import HelpRequested, parse
from wisp.cli.table import ENTRIES, meant
from wisp.compat import ENV_COMPAT
from wisp.errors import UsageError, WispError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from wisp.cli.declare import Command, Option, Values
    from wisp.console.output import Output
    from wisp.console.style import Paint


def dispatch(program: str, words: list[str], out: Output) -> int:
    """Do what the words of a command line ask for; return the exit code.

    Raises `UsageError` for a wrong command line, and whatever the command raises.
    """
    try:
        return _dispatch(program, words, out)
    except HelpRequested as request:
        _choose_color(words, out)
        out.raw(_described(request.command, request.path, out.painter()))
        return 0


def _dispatch(program: str, words: list[str], out: Output) -> int:
    leading, words = _leading_options(words, declared(Global)[1])
    if not words:
        out.err(_overview(program, out.painter(error=True)))
        return 2
    head, rest = words[0], words[1:]
    if head in {"-V", "--version"}:
        out.result(version(program))
        return 0
    if head in {"-h", "--help", "help"}:
        if rest and head == "help":
            return _dispatch(program, [*rest, "--help"], out)
        _choose_color([*leading, *rest], out)
        out.raw(_overview(program, out.painter()))
        return 0
    if head == "--list":
        out.raw(_installed())
        return 0
    entry = meant(head)
    if entry is None:
        return _external(program, head, rest, out)
    command: Command[Any] = import_module(f"wisp.cli.commands.{entry.module}").COMMAND
    whole = (*leading, entry.name, *rest)
    return _descend(command, f"{program} {entry.name}", [*leading, *rest], whole, out)


def _overview(program: str, paint: Paint) -> str:
    from wisp.cli.help import overview

    return overview(program, _extensions(), paint)


def _described(command: Command[Any], path: str, paint: Paint) -> str:
    from wisp.cli.help import described

    return described(command, path, paint)


def _descend(
    command: Command[Any], path: str, words: list[str], whole: tuple[str, ...], out: Output
) -> int:
    """Follow sub-commands to the one that runs; options of the way belong to it too.

    Of a command that also runs by itself only the global options are handed on.
    """
    if not command.commands:
        return _execute(command, path, words, whole, out)
    leading, rest = _leading_options(words, declared(command.values)[1])
    if rest and rest[0] in {"-h", "--help", "help"} and command.run is None:
        if rest[0] == "help" and rest[1:]:
            return _descend(command, path, [*leading, *rest[1:], "--help"], whole, out)
        raise HelpRequested(command, path)
    below = command.find(rest[0]) if rest else None
    if below is None and command.run is not None:
        return _execute(command, path, words, whole, out)
    if not rest:
        out.err(_described(command, path, out.painter(error=True)).rstrip("\n"))
        return 2
    if below is None:
        raise _unknown(command, path, rest[0])
    return _descend(below, f"{path} {below.name}", [*leading, *rest[1:]], whole, out)


def _execute(
    command: Command[Any], path: str, words: list[str], whole: tuple[str, ...], out: Output
) -> int:
    if command.help_without_words and not words:
        out.err(_described(command, path, out.painter(error=True)).rstrip("\n"))
        return 2
    values, given = parse(command, path, words, os.environ)
    if "script" in given:
        from wisp.cli.scripts import check_script_options

        check_script_options(path, given)
    out.configure(values.color, values.verbose, values.quiet, values.no_progress)
    out.choice = _choice(values)
    assert command.run is not None
    call = Call(
        values=values,
        words=whole,
        given=given,
        usual=given <= command.remembered,
        environ=_environ(values),
        cwd=_current_directory(),
        out=out,
        reporter=out.reporter(),
        program=out.program,
    )
    try:
        code = command.run(call)
        if code == 0:
            call.reporter.hand_over()
        return code
    finally:
        call.reporter.end()
        out.close()


def _choice(values: Values) -> str:
    """Return the options of a call that chose its workspace, as they are typed."""
    if not isinstance(values, Workspace) or not (values.manifest_path or values.workspace):
        return ""
    import shlex

    option, value = "--manifest-path", values.manifest_path
    if not value:
        option, value = "--workspace", values.workspace or ""
    return f"{option} {shlex.quote(value)}"


def _environ(values: Values) -> Mapping[str, str]:
    """The process's environment, with the variables that options stand for."""
    if not isinstance(values, Global) or values.compat is None:
        return os.environ
    return {**os.environ, ENV_COMPAT: values.compat}


def _choose_color(words: Sequence[str], out: Output) -> None:
    """Heed `--color` where words are not parsed to their end, as in front of `--help`."""
    color = os.environ.get("PIXI_COLOR", "auto")
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--color":
            color = following
        elif word.startswith("--color="):
            color = word.removeprefix("--color=")
    out.configure(color, 0, 0, False)


def _current_directory() -> Path:
    from pathlib import Path

    try:
        return Path.cwd()
    except FileNotFoundError:
        raise WispError(
            "the current directory does not exist any more", hints=("go to one that does",)
        ) from None


def _leading_options(words: list[str], known: Sequence[Option]) -> tuple[list[str], list[str]]:
    """Split off the options before the first other word, with their values."""
    takes = {flag: one.takes_value and one.bare is None for one in known for flag in one.flags}
    index = 0
    while index < len(words):
        word = words[index]
        flag = word.partition("=")[0]
        clustered = word[:1] == "-" and word[:2] != "--" and set(word[1:]) <= {"v", "q"}
        if flag not in takes and not (clustered and len(word) > 1):
            break
        index += 2 if takes.get(flag) and "=" not in word else 1
    return words[:index], words[index:]


def _external(program: str, name: str, rest: list[str], out: Output) -> int:
    """Hand an unknown command to `pixi-NAME`, as git does, or say what was meant."""
    from wisp.cli.extensions import find

    executable = find(name, os.environ)
    if executable is None:
        from wisp.cli.unknown import unknown_command

        aliases = [alias for entry in ENTRIES.values() for alias in entry.aliases]
        names = [*ENTRIES, *aliases, *_extensions()]
        raise unknown_command(name, names, f"Usage: {program} [OPTIONS] <COMMAND>")
    out.flush()
    os.execv(executable, [executable, *rest])


def _unknown(command: Command[Any], path: str, word: str) -> UsageError:
    from wisp.cli.help import usage
    from wisp.cli.unknown import unknown

    names = [one.name for one in command.commands if not one.hidden]
    return unknown(word, names, usage(command, path))


def _extensions() -> Sequence[str]:
    from wisp.cli.extensions import installed

    return installed(os.environ)


def _installed() -> str:
    shown = [entry for entry in ENTRIES.values() if not entry.hidden]
    rows = [f"    {entry.name:<20} {entry.summary}" for entry in shown]
    rows += [f"    {name:<20} (via pixi-{name})" for name in _extensions()]
    return "\n".join(["Installed Commands:", *rows]) + "\n"
