"""From declared words to parsed values, on top of `argparse`.

What `argparse` lacks is added here and nowhere else: variables that stand in for options,
conflicts and requirements between options, and errors as values.
"""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NoReturn

from wisp.cli.declare import Argument, Command, Option
from wisp.errors import UsageError
from wisp.layout import FALSE_WORDS, TRUE_WORDS

_NARGS = {"one": None, "optional": "?", "some": "+", "any": "*", "tail": argparse.REMAINDER}
#: These accept every spelling of a truth value from their variable; other flags only two.
_LENIENT = frozenset(("PIXI_NO_CONFIG", "PIXI_OFFLINE"))
#: In front of words behind `--`, so that none is an option; no word of a process can have it.
_MARK = "\0"


class HelpRequested(Exception):  # noqa: N818 - not an error
    """`--help` was among the words; carries the text to print."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing and exiting."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hints=(self.format_usage().strip(), "For more, try '--help'."))


class _Help(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise HelpRequested(parser.format_help())


class _EndOfOptions(argparse.Action):
    """What `--` becomes: `argparse` forgets its own in one case and drops too many in another."""

    def __call__(self, *_: object) -> None:
        pass


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=34, width=100)


def build(command: Command, path: str, options: Sequence[Option]) -> argparse.ArgumentParser:
    """Make the parser of one command; `path` is what the user typed to get there."""
    parser = _Parser(
        prog=path,
        description=command.summary,
        allow_abbrev=False,
        add_help=False,
        formatter_class=_Formatter,
        argument_default=argparse.SUPPRESS,
    )
    groups: dict[str, Any] = {"Options": parser.add_argument_group("Options")}
    for argument in command.arguments:
        _add_argument(parser, argument)
    for option in options:
        group = groups.get(option.group) or groups.setdefault(
            option.group, parser.add_argument_group(option.group)
        )
        _add_option(group, option)
    groups["Options"].add_argument("-h", "--help", action=_Help, nargs=0, help="Show this help")
    parser.add_argument(f"--{_MARK}", action=_EndOfOptions, nargs=0, help=argparse.SUPPRESS)
    return parser


def _add_argument(parser: argparse.ArgumentParser, argument: Argument) -> None:
    words: dict[str, Any] = {"metavar": argument.metavar, "help": argument.help}
    if argument.choices is not None:
        words["choices"] = argument.choices
    parser.add_argument(argument.dest, nargs=_NARGS[argument.arity], type=_unmarked, **words)


def _add_option(group: Any, option: Option) -> None:
    words: dict[str, Any] = {
        "dest": option.dest,
        "help": argparse.SUPPRESS if option.hidden else _help_text(option),
    }
    if option.kind == "flag":
        group.add_argument(*option.flags, action="store_true", **words)
        return
    if option.kind == "count":
        group.add_argument(*option.flags, action="count", **words)
        return
    words["metavar"] = option.metavar or option.dest.upper()
    if option.choices:
        words["choices"] = (*option.choices, *option.also_accepted)
        words["metavar"] = option.metavar
    if option.any_case:
        words["type"] = str.lower
    if option.bare is not None:
        words |= {"nargs": "?", "const": option.bare}
    elif option.count > 1:
        words["nargs"] = option.count
        words["metavar"] = None
    elif option.greedy:
        words["nargs"] = "+"
    collect = "extend" if option.greedy else "append"
    group.add_argument(*option.flags, action=collect if option.kind == "list" else "store", **words)


def _help_text(option: Option) -> str:
    notes = [f"[env: {option.env}]"] if option.env else []
    if option.default is not None:
        notes.append(f"[default: {option.default}]")
    if option.choices and option.bare is None:
        notes.append(f"[possible values: {', '.join(option.choices)}]")
    return " ".join([option.help, *notes]).strip().replace("%", "%%")


def parse(
    command: Command,
    path: str,
    words: Sequence[str],
    environ: Mapping[str, str],
    options: Sequence[Option],
) -> tuple[SimpleNamespace, frozenset[str]]:
    """Parse the words of one command; return the values and the options that were given.

    Raises `UsageError` for words that do not fit and `HelpRequested` for `--help`.
    """
    parser = build(command, path, options)
    has_tail = any(argument.arity == "tail" for argument in command.arguments)
    prepared = _glue_bare_options(words, options)
    if has_tail:
        found, rest = parser.parse_known_args(prepared)
    else:
        found, rest = parser.parse_known_intermixed_args(_marked(prepared))
    if rest:
        _refuse(_unmarked(rest[0]), parser, options)
    _check_relations(options, command.arguments, frozenset(vars(found)))
    given = frozenset(vars(found)) & {option.dest for option in options}
    values = SimpleNamespace(**vars(found))
    _complete(values, command, options, environ)
    return values, given


def _glue_bare_options(words: Sequence[str], options: Sequence[Option]) -> list[str]:
    """Write `--offline` as `--offline=true`, so that it never takes the next word."""
    bare = {flag: option.bare for option in options if option.bare for flag in option.flags}
    glued: list[str] = []
    for index, word in enumerate(words):
        if word == "--":
            return [*glued, *words[index:]]
        glued.append(f"{word}={bare[word]}" if word in bare else word)
    return glued


def _marked(words: list[str]) -> list[str]:
    if "--" not in words:
        return words
    end = words.index("--")
    return [*words[:end], f"--{_MARK}", *(_MARK + word for word in words[end + 1 :])]


def _unmarked(word: str) -> str:
    return word.removeprefix(_MARK)


def _refuse(word: str, parser: argparse.ArgumentParser, options: Sequence[Option]) -> NoReturn:
    known = [flag for option in options if not option.hidden for flag in option.flags]
    near = difflib.get_close_matches(word.partition("=")[0], [*known, "--help"], 1, 0.7)
    tips = [f"tip: a similar argument exists: '{near[0]}'"] if near else []
    raise UsageError(
        f"unexpected argument '{word}' found",
        hints=(*tips, parser.format_usage().strip(), "For more, try '--help'."),
    )


def _check_relations(
    options: Sequence[Option], arguments: Sequence[Argument], given: frozenset[str]
) -> None:
    by_flag = {flag: option.dest for option in options for flag in option.flags}
    by_flag |= {argument.metavar: argument.dest for argument in arguments}
    for option in options:
        if option.dest not in given:
            continue
        for flag in option.conflicts:
            if by_flag.get(flag) in given:
                raise UsageError(f"the argument '{option.flags[-1]}' cannot be used with '{flag}'")
        for flag in option.requires:
            if by_flag.get(flag) not in given:
                raise UsageError(f"the argument '{option.flags[-1]}' requires '{flag}'")


def _complete(
    values: SimpleNamespace,
    command: Command,
    options: Sequence[Option],
    environ: Mapping[str, str],
) -> None:
    """Fill in what was not given: from the environment, then from the defaults."""
    for argument in command.arguments:
        if not hasattr(values, argument.dest):
            setattr(values, argument.dest, [] if argument.arity in {"any", "tail"} else None)
    for option in options:
        if hasattr(values, option.dest):
            if option.delimiter and option.kind == "list":
                parts = [p for v in getattr(values, option.dest) for p in v.split(option.delimiter)]
                setattr(values, option.dest, parts)
            continue
        text = environ.get(option.env) if option.env else None
        setattr(values, option.dest, _from_variable(option, text) if text else _absent(option))
        if option.required and getattr(values, option.dest) is None:
            raise UsageError(f"the required argument '{option.flags[-1]}' was not provided")


def _absent(option: Option) -> object:
    if option.kind == "flag":
        return False
    if option.kind == "count":
        return 0
    return [] if option.kind == "list" else option.default


def _from_variable(option: Option, text: str) -> object:
    if option.kind == "flag":
        accepted = (TRUE_WORDS, FALSE_WORDS) if option.env in _LENIENT else (("true",), ("false",))
        if text in accepted[0]:
            return True
        if text in accepted[1]:
            return False
        raise UsageError(
            f"invalid value '{text}' for '{option.flags[-1]}' (from {option.env})",
            hints=("possible values: true, false",),
        )
    if option.choices and text not in (*option.choices, *option.also_accepted):
        raise UsageError(
            f"invalid value '{text}' for '{option.flags[-1]}' (from {option.env})",
            hints=(f"possible values: {', '.join(option.choices)}",),
        )
    return [text] if option.kind == "list" else text
