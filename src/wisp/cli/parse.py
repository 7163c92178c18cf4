"""From declared words to parsed values, by the rules that users of clap's programs know.

Options may stand anywhere before `--`; a value as `--name value`, `--name=value`, `-nvalue` or
`-n=value`, flags of one letter in clusters. Nothing is abbreviated, and nothing is given twice that
is not a list.
"""

from __future__ import annotations

from wisp.cli.declare import declared
from wisp.errors import UsageError
from wisp.layout import FALSE_WORDS, TRUE_WORDS
from wisp.printable import typed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, NoReturn, TypeVar

    from wisp.cli.declare import Argument, Command, Option, Values

    V = TypeVar("V", bound=Values)

#: These accept every spelling of a truth value from their variable; other flags only two.
_LENIENT = frozenset(("PIXI_NO_CONFIG", "PIXI_OFFLINE"))
#: Options of conda, Poetry and uv, and those of ours that do the same.
_HABITS = {
    "-n": "--environment",
    "--name": "--environment",
    "--group": "--feature",
    "--extra": "--feature",
    "--dev": "--feature",
}
_MORE = "For more information, try '--help'."


class HelpRequested(Exception):  # noqa: N818 - not an error
    """`--help` was among the words of a command, which was reached by the words `path`."""

    def __init__(self, command: Command[Any], path: str) -> None:
        super().__init__(path)
        self.command = command
        self.path = path


def parse(
    command: Command[V], path: str, words: Sequence[str], environ: Mapping[str, str]
) -> tuple[V, frozenset[str]]:
    """Parse the words of one command; return the values and the names of those that were given.

    Raises `UsageError` for words that do not fit and `HelpRequested` for `--help`.
    """
    found = _Reading(command, path).read(words)
    given = frozenset(found)
    arguments, options = declared(command.values)
    _check_relations(arguments, options, given, lambda: _usage(command, path))
    values = command.values()
    for option in options:
        option_value = found.get(option.dest, ...)
        if option_value is ...:
            option_value = _not_given(option, environ)
        setattr(values, option.dest, option_value)
    for argument in arguments:
        nothing = None if argument.arity in ("one", "optional") else ()
        setattr(values, argument.dest, found.get(argument.dest, nothing))
    return values, given & {option.dest for option in options}


class _Reading:
    """One command line on its way from left to right."""

    def __init__(self, command: Command[Any], path: str) -> None:
        self._command = command
        self._path = path
        self._arguments, self._options = declared(command.values)
        self._by_flag = {flag: option for option in self._options for flag in option.flags}
        self._has_tail = any(one.arity == "tail" for one in self._arguments)
        self._found: dict[str, Any] = {}
        self._loose: list[str] = []
        self._words: list[str] = []

    def read(self, words: Sequence[str]) -> dict[str, Any]:
        """Return what was found, by the names of the values."""
        self._words = list(reversed(words))
        while self._words:
            word = self._words.pop()
            if word == "--":
                break
            if len(word) > 1 and word[0] == "-":
                self._option(word)
                continue
            self._loose.append(word)
            if self._has_tail:
                break
        self._loose += reversed(self._words)
        self._assign()
        return self._found

    def _option(self, word: str) -> None:
        name, equals, text = word.partition("=")
        if word[:2] != "--":
            name, text = word[:2], word[2:]
            equals = "=" if text else ""
        option = self._by_flag.get(name)
        if option is None:
            if name in ("-h", "--help"):
                raise HelpRequested(self._command, self._path)
            self._unexpected(name if word[:2] == "--" else word)
        if option.takes_value:
            short = word[:2] != "--"
            self._valued(option, text.removeprefix("=") if short else text, bool(equals))
            return
        if equals and word[:2] == "--":
            self._refuse(f"unexpected value '{text}' for '{name}' found; no more were expected")
        self._flag(option)
        if text:
            self._words.append(f"-{text}")

    def _flag(self, option: Option) -> None:
        if option.kind == "count":
            self._found[option.dest] = self._found.get(option.dest, 0) + 1
        elif option.dest in self._found:
            self._refuse(f"the argument '{option.spelled}' cannot be used multiple times")
        else:
            self._found[option.dest] = True

    def _valued(self, option: Option, text: str, attached: bool) -> None:
        if option.kind == "value" and option.dest in self._found:
            self._refuse(f"the argument '{option.spelled}' cannot be used multiple times")
        texts = [text] if attached else self._following(option)
        if option.delimiter:
            texts = [part for one in texts for part in one.split(option.delimiter)]
        read = [self._checked(option, one) for one in texts]
        if option.kind == "value":
            self._found[option.dest] = read[0]
        else:
            self._found[option.dest] = (*self._found.get(option.dest, ()), *read)

    def _following(self, option: Option) -> list[str]:
        """Take the words that belong to an option."""
        if option.bare is not None:
            return [option.bare]
        taken: list[str] = []
        while self._words and (option.greedy or not taken) and self._is_value(option):
            taken.append(self._words.pop())
        if not taken:
            raise UsageError(
                f"a value is required for '{option.spelled}' but none was supplied",
                hints=(*_possible(option.choices), _MORE),
            )
        return taken

    def _is_value(self, option: Option) -> bool:
        word = self._words[-1]
        return word[:1] != "-" or word == "-" or (option.signed and word != "--")

    def _checked(self, option: Option, text: str) -> Any:
        if option.any_case:
            text = text.lower()
        if option.choices and text not in (*option.choices, *option.also_accepted):
            raise UsageError(
                f"invalid value '{text}' for '{option.spelled}'",
                hints=(*_possible(option.choices), _MORE),
            )
        return read_text(option, text)

    def _assign(self) -> None:
        """Give the loose words to the arguments, in order."""
        left = self._loose
        for one in self._arguments:
            single = one.arity in ("one", "optional")
            taken, left = (left[:1], left[1:]) if single else (left, [])
            self._check_choices(one, taken)
            read = [read_text(one, word) for word in taken]
            if read:
                self._found[one.dest] = read[0] if single else tuple(read)
        if left:
            self._unexpected(left[0])
        missing = [
            one.spelled
            for one in self._arguments
            if one.arity in ("one", "some") and one.dest not in self._found
        ]
        if missing:
            told = "\n  ".join(missing)
            self._refuse(f"the following required arguments were not provided:\n  {told}")

    def _check_choices(self, argument: Argument, words: Sequence[str]) -> None:
        for word in words:
            if argument.choices and word not in argument.choices:
                raise UsageError(
                    f"invalid value '{word}' for '<{argument.metavar}>'",
                    hints=(*_possible(argument.choices), _MORE),
                )

    def _unexpected(self, word: str) -> NoReturn:
        tips: list[str] = []
        if word[:1] == "-":
            near = _nearest(word, self._options)
            meant = _HABITS.get(word)
            if any(meant in option.flags for option in self._options):
                tips.append(f"tip: what is '{word}' elsewhere is '{meant}' here")
            elif near is not None:
                tips.append(f"tip: a similar argument exists: '{near}'")
            elif self._arguments:
                tips.append(f"tip: to pass '{word}' as a value, use '-- {word}'")
        elif self._command.commands:
            from wisp.cli.unknown import tips_of_subcommand

            tips += tips_of_subcommand(word, [one.name for one in self._command.commands])
        elif self._path.endswith(" install") and not self._arguments:  # as conda and pip do
            tips.append(f"tip: `pixi add {typed(word)}` adds a package to the workspace")
        self._refuse(f"unexpected argument '{word}' found", *tips)

    def _refuse(self, message: str, *tips: str) -> NoReturn:
        raise UsageError(message, hints=(*tips, _usage(self._command, self._path), _MORE))


def _usage(command: Command[Any], path: str) -> str:
    from wisp.cli.help import usage  # which a right command line does without

    return usage(command, path)


def _nearest(word: str, options: Sequence[Option]) -> str | None:
    from wisp.specs.similarity import closest

    known = [flag for option in options if not option.hidden for flag in option.flags]
    return next(iter(closest(word, [*known, "--help"], least=0.7)), None)


def _possible(choices: Sequence[str]) -> tuple[str, ...]:
    return (f"[possible values: {', '.join(choices)}]",) if choices else ()


def read_text(one: Argument | Option, text: str, origin: str = "") -> Any:
    """Make of a word what the argument or option means by it."""
    if one.read is None:
        return text
    try:
        return one.read(text)
    except ValueError as error:
        raise UsageError(
            f"invalid value '{text}' for '{one.spelled}'{origin}: {error}", hints=(_MORE,)
        ) from None


def _check_relations(
    arguments: Sequence[Argument],
    options: Sequence[Option],
    given: frozenset[str],
    shown: Callable[[], str],
) -> None:
    spelled = {flag: (one.dest, one.spelled) for one in options for flag in one.flags}
    spelled |= {one.metavar: (one.dest, f"[{one.metavar}]") for one in arguments}
    for option in options:
        if option.dest not in given:
            continue
        for flag in option.conflicts:
            dest, other = spelled.get(flag, ("", ""))
            if dest in given:
                raise UsageError(
                    f"the argument '{option.spelled}' cannot be used with '{other}'",
                    hints=(shown(), _MORE),
                )
        missing = [flag for flag in option.requires if spelled.get(flag, ("", ""))[0] not in given]
        if missing:
            told = "\n  ".join(spelled.get(flag, ("", flag))[1] for flag in missing)
            raise UsageError(
                f"the following required arguments were not provided:\n  {told}",
                hints=(shown(), _MORE),
            )


def _not_given(option: Option, environ: Mapping[str, str]) -> object:
    """Return the value of an option that no word gave: from its variable, or its default."""
    text = environ.get(option.env) if option.env else None
    if text:
        return _from_variable(option, text)
    if option.kind == "flag":
        return False
    if option.kind == "count":
        return 0
    if option.kind == "list":
        return ()
    return None if option.default is None else read_text(option, option.default)


def _from_variable(option: Option, text: str) -> object:
    origin = f" (from {option.env})"
    if option.kind == "flag":
        accepted = (TRUE_WORDS, FALSE_WORDS) if option.env in _LENIENT else (("true",), ("false",))
        if text in accepted[0]:
            return True
        if text in accepted[1]:
            return False
        raise UsageError(
            f"invalid value '{text}' for '{option.spelled}'{origin}",
            hints=(*_possible(("true", "false")), _MORE),
        )
    if option.choices and text not in (*option.choices, *option.also_accepted):
        raise UsageError(
            f"invalid value '{text}' for '{option.spelled}'{origin}",
            hints=(*_possible(option.choices), _MORE),
        )
    read = read_text(option, text, origin)
    return (read,) if option.kind == "list" else read
