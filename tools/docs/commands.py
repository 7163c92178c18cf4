"""The reference of commands, made from what each command declares."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from wisp.cli import options
from wisp.cli.declare import Argument, Command, Option
from wisp.cli.main import ALIASES, COMMANDS

PAGE = Path(__file__).parents[2] / "docs/reference/commands.md"

#: Options that many commands share, each family described once: anchor, title, members.
_FAMILIES: tuple[tuple[str, str, tuple[Option, ...]], ...] = (
    ("global-options", "Global options", options.GLOBAL),
    ("workspace-options", "Workspace options", (*options.WORKSPACE, options.SCRIPT)),
    ("lock-options", "Lock options", options.LOCK_INSTALL_AS_IS),
    ("configuration-options", "Configuration options", options.CONFIG),
)
_BARRED = re.compile(r"`([^`]*\|[^`]*)`")
_SHARED = frozenset(option for _, _, members in _FAMILIES for option in members)

_HEAD = """\
# Commands

This page is written by `python -m tools.docs` from what the commands declare, and a test holds the
two equal. `wisp COMMAND --help` prints the same.

{aliases}

Options are spelled out in full: an abbreviation is an error. A variable that is named beside an
option stands in for it where it is not given.

Results go to standard output, everything else to standard error. [Exit codes](exit-codes.md) and
[JSON](json.md) have pages of their own.
"""


def render() -> str:
    """Return the whole page."""
    short = sorted(f"`{alias}` for `{name}`" for alias, name in ALIASES.items())
    aliases = f"Short forms are {', '.join(short[:-1])} and {short[-1]}."
    parts = [_HEAD.format(aliases=textwrap.fill(aliases, 100))]
    for _, title, members in _FAMILIES:
        parts.append(f"## {title}\n\n{_options(members)}")
    for name, (module, _) in sorted(COMMANDS.items()):
        command: Command = import_module(f"wisp.cli.commands.{module}").COMMAND
        parts.extend(_sections(command, name, (), 2))
    return "\n".join(parts)


def _sections(
    command: Command, path: str, inherited: tuple[Option, ...], level: int
) -> Iterator[str]:
    """Describe a command, then those below it."""
    available = (*inherited, *(o for o in command.options if o not in inherited))
    yield _section(command, path, available, level)
    for below in command.commands:
        if not below.hidden:
            yield from _sections(below, f"{path} {below.name}", available, level + 1)


def _section(command: Command, path: str, available: Sequence[Option], level: int) -> str:
    by_name = {option.dest: option for option in available}
    own = [o for o in by_name.values() if o not in _SHARED and not o.hidden]
    lines = [f"{'#' * min(level, 4)} {path}", "", f"{command.summary}.", ""]
    if command.run is not None:
        words = [f"wisp {path}", *(["[OPTIONS]"] if available else [])]
        words += map(_word, command.arguments)
        lines += ["```text", " ".join(words), "```", ""]
    if command.aliases and level > 2:
        lines += [f"Also called {_listed(command.aliases)}.", ""]
    if command.run is None:
        return "\n".join(lines)
    if any(argument.help for argument in command.arguments):
        lines += ["| argument | |", "|---|---|"]
        lines += [f"| {_cell(f'`{a.metavar}`')} | {_cell(a.help)} |" for a in command.arguments]
        lines.append("")
    if own:
        lines.append(_options(own))
    return "\n".join([*lines, *_families(available)])


def _families(available: Sequence[Option]) -> Iterator[str]:
    """Name the families of shared options that a command takes, or the members it takes."""
    told = []
    for anchor, title, members in _FAMILIES[1:]:
        shown = [option for option in members if not option.hidden]
        taken = [option for option in shown if option in available]
        if taken == shown:
            told.append(f"[{title.lower()}](#{anchor})")
        elif taken:
            flags = _listed(option.flags[-1] for option in taken)
            told.append(f"{flags} of the [{title.lower()}](#{anchor})")
    if told:
        yield f"Also takes: {'; '.join(told)}.\n"


def _word(argument: Argument) -> str:
    name = "|".join(argument.choices) if argument.choices else argument.metavar
    return {
        "one": f"<{name}>",
        "optional": f"[{name}]",
        "some": f"<{name}>...",
        "any": f"[{name}]...",
        "tail": f"[{name}]...",
    }[argument.arity]


def _options(members: Iterable[Option]) -> str:
    rows = [f"| {_flags(option)} | {_meaning(option)} |" for option in members if not option.hidden]
    return "\n".join(["| option | |", "|---|---|", *rows, ""])


def _flags(option: Option) -> str:
    flags = ", ".join(f"`{flag}`" for flag in option.flags[:-1])
    last = option.flags[-1]
    if option.bare is not None:
        last += f"[={option.metavar}]"
    elif option.kind in {"value", "list"}:
        last += f" {option.metavar or option.dest.upper()}"
    return _cell(", ".join(filter(None, [flags, f"`{last}`"])))


def _meaning(option: Option) -> str:
    notes = [option.help.replace("[", "\\[")] if option.help else []
    if option.choices and option.bare is None:
        notes.append(f"one of {_listed(option.choices)}")
    if option.default is not None:
        notes.append(f"default `{option.default}`")
    if option.env:
        notes.append(f"variable `{option.env}`")
    if option.kind == "list" and "repeated" not in option.help:
        notes.append("may be repeated")
    if option.conflicts:
        notes.append(f"not with {_listed(option.conflicts)}")
    if option.requires:
        notes.append(f"only with {_listed(option.requires)}")
    return _cell("; ".join(notes))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _cell(text: str) -> str:
    """Write a cell of a table so that every reader of Markdown agrees about its bars."""
    coded = _BARRED.sub(lambda found: f"<code>{html.escape(found[1], quote=False)}</code>", text)
    return coded.replace("|", "&#124;")
