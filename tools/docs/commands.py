"""The reference of commands, made from what each command declares."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from wisp.cli import options
from wisp.cli.declare import Command, Option, Values, declared
from wisp.cli.help import placeholder
from wisp.cli.since import COMMANDS as SINCE
from wisp.cli.since import short
from wisp.cli.table import ENTRIES

PAGE = Path(__file__).parents[2] / "docs/reference/commands.md"


def _family(cls: type[Values]) -> list[Option]:
    return [option for option in declared(cls)[1] if option not in declared(options.Global)[1]]


#: Options that many commands share, each family described once: anchor, title, members.
_GLOBAL = declared(options.Global)[1]
_FAMILIES: tuple[tuple[str, str, Sequence[Option]], ...] = (
    ("global-options", "Global options", _GLOBAL),
    ("workspace-options", "Workspace options", _family(options.Script)),
    ("lock-options", "Lock options", _family(options.LockInstallAsIs)),
    ("configuration-options", "Configuration options", _family(options.Config)),
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

Where nothing else is said, a command is as old as Pixi 0.77, or of wisp's own.

Results go to standard output, everything else to standard error. [Exit codes](exit-codes.md) and
[JSON](json.md) have pages of their own.
"""


def render() -> str:
    """Return the whole page."""
    short = sorted(
        f"`{alias}` for `{one.name}`" for one in ENTRIES.values() for alias in one.aliases
    )
    aliases = f"Short forms are {', '.join(short[:-1])} and {short[-1]}."
    parts = [_HEAD.format(aliases=textwrap.fill(aliases, 100))]
    for _, title, members in _FAMILIES:
        parts.append(f"## {title}\n\n{_options(members)}")
    for name, entry in sorted(ENTRIES.items()):
        command = import_module(f"wisp.cli.commands.{entry.module}").COMMAND
        parts.extend(_sections(command, name, 2))
    return "\n".join(parts)


def _sections(command: Command[Any], path: str, level: int) -> Iterator[str]:
    """Describe a command, then those below it."""
    yield _section(command, path, level)
    for below in command.commands:
        yield from _sections(below.whole(), f"{path} {below.name}", level + 1)


def _section(command: Command[Any], path: str, level: int) -> str:
    arguments, available = declared(command.values)
    own = [option for option in available if option not in _SHARED and not option.hidden]
    lines = [f"{'#' * min(level, 4)} {path}", "", f"{command.summary}.", ""]
    if command.run is not None:
        words = [f"wisp {path}", "[OPTIONS]", *map(placeholder, arguments)]
        lines += ["```text", " ".join(words), "```", ""]
    lines += _since(path)
    if command.aliases and level > 2:
        lines += [f"Also called {_listed(command.aliases)}.", ""]
    if command.run is None:
        return "\n".join(lines)
    lines += [f"For example `{command.example_for('wisp')}`.", ""]
    if any(argument.help for argument in arguments):
        lines += ["| argument | |", "|---|---|"]
        lines += [f"| {_cell(f'`{a.metavar}`')} | {_cell(a.help)} |" for a in arguments]
        lines.append("")
    if own:
        lines.append(_options(own))
    return "\n".join([*lines, *_families(available)])


def _since(path: str) -> list[str]:
    """Tell with which release of Pixi a command came, or options of it."""
    told = []
    if path in SINCE:
        told.append(f"Since Pixi {short(SINCE[path])}.")
    flags = {name.removeprefix(f"{path} "): SINCE[name] for name in SINCE if "--" in name}
    told += [
        f"`{flag}` since Pixi {short(release)}."
        for flag, release in flags.items()
        if flag.startswith("--")
    ]
    return [" ".join(told), ""] if told else []


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
