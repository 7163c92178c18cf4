"""Help: what the program, a group of commands or a command takes, in 80 columns."""

from __future__ import annotations

from wisp.cli.declare import declared
from wisp.cli.table import GROUPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from wisp.cli.declare import Argument, Command, Option
    from wisp.console.style import Paint


_WIDTH = 80
#: Where explanations begin at the latest; longer spellings have them on the next line.
_MARGIN = 30
#: Stands below the others, which say more of the command.
_LAST = "Global Options"
_HEADING = "1;32"
#: From nothing to a program that runs.
_EXAMPLES = ("init", "add python", "run python --version")
_LITERAL = "1;36"


def usage(command: Command[Any], path: str) -> str:
    """Return the line that says how a command is called."""
    arguments, options = declared(command.values)
    words = [path, *(["[OPTIONS]"] if options else []), *map(placeholder, arguments)]
    if command.commands:
        words.append("<COMMAND>" if command.run is None else "[COMMAND]")
    return f"Usage: {' '.join(words)}"


def placeholder(argument: Argument) -> str:
    """Return how an argument stands in a usage line."""
    name = "|".join(argument.choices) if argument.choices else argument.metavar
    before, after = "<>" if argument.arity in ("one", "some") else "[]"
    return f"{before}{name}{after}" + ("" if argument.arity in ("one", "optional") else "...")


def described(command: Command[Any], path: str, paint: Paint) -> str:
    """Return the help of a command."""
    arguments, options = declared(command.values)
    start, _, rest = usage(command, path).partition(" ")
    lines = [command.summary, "", f"{paint(start, _HEADING)} {paint(rest, _LITERAL)}"]
    below = [(one.name, one.summary) for one in command.commands if not one.hidden]
    lines += _section("Commands", below, paint)
    lines += _section("Arguments", [(placeholder(a), a.help) for a in arguments], paint)
    groups: dict[str, list[tuple[str, str]]] = {"Options": []}
    for option in options:
        if not option.hidden:
            row = (_spelled(option), _meaning(option))
            groups.setdefault(option.group, []).append(row)
    groups["Options"].append(("-h, --help", "Print this help"))
    for title in sorted(groups, key=_LAST.__eq__):
        lines += _section(title, groups[title], paint)
    if example := command.example_for(path.partition(" ")[0]):
        lines += ["", paint("Example:", _HEADING), f"  {example}"]
    return "\n".join(lines) + "\n"


def overview(program: str, extensions: Iterable[str], paint: Paint) -> str:
    """Return the help of the program: its commands by their groups."""
    lines = [
        "Reproducible conda and PyPI environments from one manifest and one lock",
        "",
        f"{paint('Usage:', _HEADING)} {paint(f'{program} [OPTIONS] <COMMAND>', _LITERAL)}",
    ]
    for title, entries in GROUPS.items():
        rows = [
            (", ".join((one.name, *one.aliases)), one.summary) for one in entries if not one.hidden
        ]
        lines += _section(title, rows, paint)
    own = [
        ("-V, --version", "Print the version"),
        ("-h, --help", "Print this help"),
        ("    --list", "List all commands, those of extensions too"),
    ]
    lines += _section("Options", own, paint)
    lines += _section("Available Extensions", [(name, "") for name in extensions], paint)
    lines += ["", paint("Examples:", _HEADING)]
    lines += [f"  {program} {words}" for words in _EXAMPLES]
    lines += ["", f"`{program} help COMMAND` tells more of a command."]
    return "\n".join(lines) + "\n"


def _section(title: str, rows: Sequence[tuple[str, str]], paint: Paint) -> Iterator[str]:
    """Yield a heading and two columns."""
    if not rows:
        return
    yield ""
    yield paint(f"{title}:", _HEADING)
    margin = min(max(len(left) for left, _ in rows) + 4, _MARGIN)
    for left, right in rows:
        shown = "  " + paint(left, _LITERAL)
        pieces = list(_wrapped(right, _WIDTH - margin))
        if len(left) + 4 > margin or not pieces:
            yield shown
        else:
            yield shown + " " * (margin - len(left) - 2) + pieces.pop(0)
        yield from (" " * margin + piece for piece in pieces)


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Break a text at blanks; `textwrap` would load regular expressions."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line


def _spelled(option: Option) -> str:
    """Return an option as its row begins, the long spelling in a column of its own."""
    short = [flag for flag in option.flags if flag[:2] != "--"]
    long = [flag for flag in option.flags if flag[:2] == "--"]
    *others, _ = long
    names = ", ".join([*short, *others, option.spelled])
    return names if short else f"    {names}"


def _meaning(option: Option) -> str:
    notes = [f"[env: {option.env}]"] if option.env else []
    if option.default is not None:
        notes.append(f"[default: {option.default}]")
    if option.choices and option.bare is None:
        notes.append(f"[possible values: {', '.join(option.choices)}]")
    return " ".join([option.help, *notes]).strip()
