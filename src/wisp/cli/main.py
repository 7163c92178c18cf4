"""Dispatch: which module holds a command, and what becomes of its result.

The table knows names, summaries and modules, so that `--help` imports no command.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from wisp.cli import interrupts, options
from wisp.cli.call import Call
from wisp.cli.declare import Command, Option
from wisp.cli.parse import HelpRequested, parse
from wisp.console.output import Output
from wisp.errors import HostError, UsageError, WispError
from wisp.layout import PIXI_VERSION, VERSION

#: name: (module below `wisp.cli.commands`, summary)
COMMANDS: dict[str, tuple[str, str]] = {
    "add": ("add", "Add dependencies to the workspace"),
    "clean": ("clean", "Remove environments and caches of the workspace"),
    "config": ("config", "Look at and change the configuration"),
    "import": ("import_", "Import a file of another tool into an environment"),
    "info": ("info", "Show the machine, the workspace and its environments"),
    "init": ("init", "Create a workspace"),
    "install": ("install", "Lock if needed and install an environment"),
    "list": ("list", "List the packages of an environment"),
    "lock": ("lock", "Bring the lock file up to date"),
    "reinstall": ("reinstall", "Install packages of an environment again"),
    "remove": ("remove", "Remove dependencies from the workspace"),
    "run": ("run", "Run a task or a command in an environment"),
    "search": ("search", "Search packages in channels"),
    "shell": ("shell", "Open a shell in an environment"),
    "shell-hook": ("shell_hook", "Print the script that activates an environment"),
    "task": ("task", "List and change tasks"),
    "tree": ("tree", "Show dependencies as a tree"),
    "update": ("update", "Update packages within the manifest's limits"),
    "upgrade": ("upgrade", "Raise the manifest's limits to the newest versions"),
    "workspace": ("workspace", "Look at and change the workspace manifest"),
}
ALIASES = {
    "a": "add",
    "i": "install",
    "ls": "list",
    "project": "workspace",
    "r": "run",
    "rm": "remove",
    "s": "shell",
    "t": "tree",
}
#: So many more objects than before make the interpreter look for cycles (700 by default).
_ALLOCATIONS = 50_000


def main(argv: Sequence[str]) -> NoReturn:
    """Run one command line and end the process with its exit code.

    Ends through `os._exit`: coroutines of rattler may race with the interpreter's finalisation.
    """
    # To read a lock makes objects by the hundred thousand and hardly a cycle: look for some seldom.
    gc.set_threshold(_ALLOCATIONS)
    code = run(argv)
    interrupts.ignore()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # `run` has told what cannot be written
            stream.flush()
    os._exit(code)


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; failures are rendered on stderr."""
    program = "pixi" if Path(argv[0]).stem == "pixi" else "wisp"
    out = Output.of_process(os.environ, program)
    try:
        code = _answer(program, list(argv[1:]), out)
        with suppress(BrokenPipeError):
            out.flush()
        return code
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - lives as long as the process
        return 0
    except KeyboardInterrupt as interrupt:
        return _ended(interrupts.behind(interrupt) or interrupts.Ended(), out)
    except UsageError as error:
        out.usage(error)
        return error.exit_code
    except WispError as error:
        out.failure(error)
        return error.exit_code
    except OSError as error:
        out.failure(_refused(error))
        return 1
    except Exception as error:  # a fault of ours, which a user can do nothing about
        if ended := interrupts.behind(error):
            return _ended(ended, out)
        out.failure(_bug(error, program))
        if out.verbosity >= 1:
            from traceback import format_exc

            out.err(format_exc())
        return 1


def _answer(program: str, words: list[str], out: Output) -> int:
    try:
        return _dispatch(program, words, out)
    except HelpRequested as request:
        out.raw(request.text)
        return 0


def _ended(ended: interrupts.Ended, out: Output) -> int:
    """Say in one line that a signal ended the command, to a terminal that may be closed."""
    interrupts.ignore()
    with suppress(OSError):
        out.err(ended.word)
        out.flush()
    return ended.code


def _refused(error: OSError) -> WispError:
    """Word what the operating system refused where nobody expected it, as a temporary file."""
    import errno

    where = "" if error.filename is None else f" with `{error.filename}`"
    full = error.errno in {errno.ENOSPC, errno.EFBIG}
    return HostError(
        f"the operating system refused something{where}",
        causes=[error.strerror or str(error)],
        hints=["free some disk space, or raise the limit on file sizes"] if full else (),
    )


def _bug(error: Exception, program: str) -> WispError:
    return WispError(
        f"{program} met something it was not made for; this is a bug",
        causes=[f"{type(error).__name__}: {error}"],
        hints=["`-v` shows where it happened, which is worth a report"],
    )


def _dispatch(program: str, words: list[str], out: Output) -> int:
    leading, words = _leading_options(words, options.GLOBAL)
    if not words:
        out.err(_overview(program))
        return 2
    head, rest = words[0], words[1:]
    if head in {"-V", "--version"}:
        out.result(f"{program} {PIXI_VERSION if program == 'pixi' else VERSION}")
        return 0
    if head in {"-h", "--help", "help"}:
        if rest and head == "help":
            return _dispatch(program, [*rest, "--help"], out)
        out.raw(_overview(program))
        return 0
    if head == "--list":
        out.raw(_installed())
        return 0
    name = ALIASES.get(head, head)
    if name not in COMMANDS:
        return _external(program, head, rest, out)
    command: Command = import_module(f"wisp.cli.commands.{COMMANDS[name][0]}").COMMAND
    return _descend(command, f"{program} {name}", [*leading, *rest], (), out, program)


def _descend(
    command: Command,
    path: str,
    words: list[str],
    inherited: tuple[Option, ...],
    out: Output,
    program: str,
) -> int:
    """Follow sub-commands to the one that runs; options of the way belong to it too.

    Of a command that also runs by itself only the global options are handed on.
    """
    available = (*inherited, *(o for o in command.options if o not in inherited))
    if not command.commands:
        return _execute(command, path, words, available, out, program)
    leading, rest = _leading_options(words, (*options.GLOBAL, *available))
    if rest and rest[0] in {"-h", "--help", "help"} and command.run is None:
        out.raw(_group_help(command, path))
        return 0
    below = command.find(rest[0]) if rest else None
    if below is None and command.run is not None:
        return _execute(command, path, words, available, out, program)
    if not rest:
        out.err(_group_help(command, path))
        return 2
    if below is None:
        raise _unknown(path, rest[0], [c.name for c in command.commands if not c.hidden])
    handed_on = available if command.run is None else tuple(o for o in available if o.is_global)
    return _descend(below, f"{path} {below.name}", [*leading, *rest[1:]], handed_on, out, program)


def _execute(
    command: Command,
    path: str,
    words: list[str],
    available: tuple[Option, ...],
    out: Output,
    program: str,
) -> int:
    if command.help_without_words and not words:
        try:
            parse(command, path, ["--help"], os.environ, (*available, *options.GLOBAL))
        except HelpRequested as request:
            out.err(request.text)
        return 2
    every = (*available, *options.GLOBAL)
    values, given = parse(command, path, words, os.environ, every)
    out.configure(values.color, values.verbose, values.quiet, values.no_progress)
    if command.run is None:
        raise UsageError(f"'{path}' does nothing by itself")
    call = Call(
        values=values,
        given=given,
        environ=os.environ,
        cwd=_current_directory(),
        out=out,
        reporter=out.reporter(),
        program=program,
    )
    try:
        return command.run(call)
    finally:
        out.close()


def _current_directory() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise WispError(
            "the current directory does not exist any more", hints=("go to one that does",)
        ) from None


def _leading_options(words: list[str], known: Sequence[Option]) -> tuple[list[str], list[str]]:
    """Split off the options before the first other word, with their values."""
    takes = {flag: o.kind not in {"flag", "count"} for o in known for flag in o.flags}
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
    from wisp.cli.extensions import find, installed

    executable = find(name, os.environ)
    if executable is None:
        raise _unknown(program, name, [*COMMANDS, *ALIASES, *installed(os.environ)])
    out.flush()
    os.execv(executable, [executable, *rest])


def _unknown(path: str, word: str, names: list[str]) -> UsageError:
    from wisp.cli.extensions import similar

    near = similar(word, names)
    tips = [f"tip: a similar subcommand exists: '{near}'"] if near else []
    return UsageError(
        f"unrecognized subcommand '{word}'",
        hints=(*tips, f"Usage: {path} <COMMAND>", "For more information, try '--help'."),
    )


def _overview(program: str) -> str:
    from wisp.cli.extensions import installed

    rows = "\n".join(f"  {name:<12} {summary}" for name, (_, summary) in COMMANDS.items())
    others = "".join(f"  {name}\n" for name in installed(os.environ))
    return (
        "Reproducible conda and PyPI environments from one manifest and one lock\n\n"
        f"Usage: {program} <COMMAND>\n\nCommands:\n{rows}\n\n"
        "Options:\n  -V, --version  Print the version\n  -h, --help     Print this help\n"
        "      --list     List all commands, those of extensions too\n"
        + (f"\nAvailable Extensions:\n{others}" if others else "")
    )


def _group_help(command: Command, path: str) -> str:
    rows = "\n".join(f"  {c.name:<14} {c.summary}" for c in command.commands if not c.hidden)
    return f"{command.summary}\n\nUsage: {path} <COMMAND>\n\nCommands:\n{rows}\n"


def _installed() -> str:
    from wisp.cli.extensions import installed

    rows = [f"    {name:<20} {summary}" for name, (_, summary) in COMMANDS.items()]
    rows += [f"    {name:<20} (via pixi-{name})" for name in installed(os.environ)]
    return "\n".join(["Installed Commands:", *rows]) + "\n"
