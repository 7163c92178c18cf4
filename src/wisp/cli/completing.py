"""What an unfinished command line may go on with, for the completions of shells.

All that is said comes from the declared commands and from the names of the workspace. Nothing is
written, nothing of the workspace runs, and whatever goes wrong there is nothing to say.
"""

from __future__ import annotations

import os

from wisp.cli.known_words import KINDS, words_of
from wisp.cli.table import ENTRIES
from wisp.cli.unfinished import Unfinished
from wisp.cli.word_kinds import kind_of
from wisp.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wisp.api.known_names import Names
    from wisp.cli.declare import Argument, Option

#: A word that may stand next, and what it means.
Suggestion = tuple[str, str]
#: Stands for the names of files, which the shell knows best.
FILES: Suggestion = ("", "files")


def answer(words: Sequence[str], environ: Mapping[str, str]) -> None:
    """Print what the last word may become, a line each: the word, a tab, what it means.

    A single line without a word leaves it to the shell to name files.
    """
    try:
        found = suggestions(words, environ)
        text = "".join(f"{value}\t{note}\n" for value, note in found)
        os.write(1, text.encode(errors="surrogateescape"))
    except Exception:  # a shell that completes has no place for messages
        return


def suggestions(words: Sequence[str], environ: Mapping[str, str]) -> list[Suggestion]:
    """Return what the last of the words may become, in the order in which it is declared."""
    *finished, partial = words or [""]
    line = Unfinished(finished)
    if line.lost:
        return []
    flag, equals, value = partial.partition("=")
    if line.wanted is None and line.may_be_option and partial[:1] == "-":
        option = line.option(flag)
        if equals and option is not None:
            return _fitting([*_values(option, value, line, environ)], value, f"{flag}=")
        return _fitting([*_flags(line)], partial)
    if line.wanted is not None:
        return _fitting([*_values(line.wanted, partial, line, environ)], partial)
    found = _fitting([*_commands(line, environ), *_words(line, environ)], partial)
    return found if found or partial else _fitting([*_flags(line)], "--")


def _fitting(found: Sequence[Suggestion], partial: str, before: str = "") -> list[Suggestion]:
    """Choose what begins with the word so far; what does not fit on a line is left out."""
    fitting = [
        (before + value, printable(" ".join(note.split())))
        for value, note in dict(found).items()
        if value and value.startswith(partial) and value.isprintable()
    ]
    return [FILES] if not fitting and FILES in found else fitting


def _flags(line: Unfinished) -> Iterator[Suggestion]:
    """Yield the options that were not given yet, or may be given again."""
    if not line.may_be_option:
        return
    for option in line.options:
        if option.hidden or (option.dest in line.given and option.kind not in ("list", "count")):
            continue
        for flag in reversed(option.flags):
            yield flag, option.help
    yield "--help", "Print this help"


def _commands(line: Unfinished, environ: Mapping[str, str]) -> Iterator[Suggestion]:
    if line.loose or not line.may_be_option:
        return
    if line.command is None:
        from wisp.cli.extensions import installed

        yield from ((one.name, one.summary) for one in ENTRIES.values() if not one.hidden)
        yield from ((name, f"pixi-{name}") for name in installed(environ))
        return
    yield from ((one.name, one.summary) for one in line.command.commands if not one.hidden)


def _words(line: Unfinished, environ: Mapping[str, str]) -> Iterator[Suggestion]:
    """Yield what the next argument may be."""
    argument = line.argument
    if argument is None:
        return
    if argument.choices:
        yield from ((choice, "") for choice in argument.choices)
    elif argument.arity == "tail":
        yield from _tail(argument, line, environ)
    else:
        yield from _named(kind_of(line.path, argument.metavar), line, environ)


def _tail(argument: Argument, line: Unfinished, environ: Mapping[str, str]) -> Iterator[Suggestion]:
    """Yield tasks for the first word of a command to run, then what their arguments may be."""
    kind = kind_of(line.path, argument.metavar)
    if kind == "tasks" and not line.loose:
        yield from _named(kind, line, environ)
    elif kind == "tasks" and (names := _names(line, environ)) is not None:
        task, *values = line.loose
        choices = names.choices(task, len(values), _environment(line))
        yield from ((choice, "") for choice in choices)
        if choices:
            return
    yield FILES


def _values(
    option: Option, partial: str, line: Unfinished, environ: Mapping[str, str]
) -> Iterator[Suggestion]:
    """Yield what the value of an option may be; of a list in one word, its last member."""
    before = ""
    if option.delimiter and option.delimiter in partial:
        before = partial[: partial.rindex(option.delimiter) + 1]
    if option.choices:
        yield from ((before + choice, "") for choice in option.choices)
    else:
        found = _named(kind_of(line.path, option.metavar), line, environ)
        yield from ((before + value if value else value, note) for value, note in found)


def _named(kind: str, line: Unfinished, environ: Mapping[str, str]) -> Iterator[Suggestion]:
    """Yield the names of a kind."""
    if kind == "files":
        yield FILES
    elif kind == "subdirs":
        from wisp.platforms import SUBDIRS

        yield from ((subdir, "") for subdir in SUBDIRS)
    elif kind == "workspaces":
        from wisp.api.session import Session

        registered = Session.open(environ=environ).registered()
        yield from ((name, str(folder)) for name, folder in registered.items())
    elif kind in KINDS:
        yield from words_of(kind, line, environ)
    elif kind and (names := _names(line, environ)) is not None:
        if kind == "tasks":
            yield from names.tasks(_environment(line)).items()
        elif kind == "packages":
            yield from ((name, "") for name in names.packages())
        else:
            yield from ((name, "") for name in getattr(names, kind))


def _environment(line: Unfinished) -> str | None:
    given = line.given.get("environment")
    return given[-1] if given else None


def _names(line: Unfinished, environ: Mapping[str, str]) -> Names | None:
    """Return the names of the workspace that is meant; None where there is none to be read."""
    from wisp.api.known_names import remembered

    path, name = (line.given.get(dest, [""])[-1] for dest in ("manifest_path", "workspace"))
    if not path and not name and (known := remembered(environ)) is not None:
        return known
    from wisp.api.workspace import Workspace
    from wisp.errors import WispError

    try:
        workspace = Workspace.open(path or None, name=name or None, environ=environ)
        return workspace.terminal.names()
    except (WispError, OSError):
        return None


def complete(words: Sequence[str], environ: Mapping[str, str]) -> None:
    """Answer `complete [--next] -- WORD…`, which the scripts of shells ask for.

    With `--next` a new word begins: some shells cannot hand over an empty one.
    """
    cut = words.index("--") + 1 if "--" in words else len(words)
    rest = words[cut:]
    answer([*rest, ""] if "--next" in words[:cut] else rest, environ)
