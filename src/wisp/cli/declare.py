"""How a command declares its words: one class of typed values, and what is done with them.

    class Values(options.LockAndInstall, options.Workspace, options.Config):
        spec: tuple[str, ...] = arguments("SPEC", help="A package")
        editable: bool = flag("--editable", requires=("--pypi",), help="Install it in place")
        index: str | None = value("--index", help="The only index to take it from")

    def run(call: Call[Values]) -> int:
        ...  # `call.values.editable` is a bool, and a type checker knows no `call.values.editible`

    COMMAND = top("add", Values, run, example="add numpy")

The name of an attribute is the name of the value. The annotation has to be the type that the maker
of the option returns, and a type checker sees to it. What several commands take are classes of
`wisp.cli.options` to derive from; the options of a group of commands are a class too, from which
those of its commands derive. In help the options of the class come first, then those of its
bases in their order.

Name, summary and aliases of a command that stands directly below the program are in
`wisp.cli.table`, which the overview is made of without loading any command; `top` takes them from
there. A command below another one says them itself: `Command(name="list", …)`.

`wisp.cli.parse` reads a command line by such a class; `wisp.cli.help` and the reference of
commands describe it.
"""

from __future__ import annotations

from wisp.cli.table import named
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Generic, Literal, TypeVar, overload

    from wisp.cli.call import Call
    from wisp.cli.table import Entry

    Kind = Literal["flag", "count", "value", "list"]
    Arity = Literal["one", "optional", "some", "any", "tail"]
    Words = tuple[str, ...]
    Read = Callable[[str], str]
    T = TypeVar("T")
    L = TypeVar("L", bound=str)
    V = TypeVar("V", bound="Values")
else:  # `typing` costs what Python needs to start
    Generic, V = {None: object}, None


class Values:
    """The values of a command line, one attribute for each argument and option."""


class _Named:
    """What knows the attribute that it stands at; the same in all classes that share it."""

    __slots__ = ("dest",)

    def __set_name__(self, owner: type, name: str) -> None:
        assert getattr(self, "dest", name) == name, f"{name} has two names"
        self.dest = name


class Argument(_Named):
    """A positional word.

    `arity`: exactly `one`, `optional`, `some` (one or more), `any` number, or `tail`: all that is
    left from the first such word on, options of other programs included, untouched. `read` checks
    each word and returns it as it is meant, or raises `ValueError`.
    """

    __slots__ = ("arity", "choices", "help", "metavar", "read")

    def __init__(
        self,
        metavar: str,
        arity: Arity,
        help: str,
        choices: Words = (),
        read: Read | None = None,
    ) -> None:
        self.metavar = metavar
        self.arity = arity
        self.help = help
        self.choices = choices
        self.read = read

    @property
    def spelled(self) -> str:
        """The argument as messages name it: `<NAME>`, `<SPEC>...`."""
        return f"<{self.metavar}>" + ("..." if self.arity in ("some", "any") else "")


class Option(_Named):
    """A named option.

    `env` names the variable that stands in where the option is not given; `conflicts` and
    `requires` name other options by a flag of theirs, or an argument by its metavar. `bare` is the
    value that the option means without one (`--offline`); such an option takes its value only after
    `=`. One that is `greedy` takes all words up to the next option; with `any_case` upper and lower
    case are the same in its choices. `read` makes a value of a word, or raises `ValueError`; only
    values that are `signed` may begin with `-`.
    """

    __slots__ = (
        "also_accepted",
        "any_case",
        "bare",
        "choices",
        "conflicts",
        "default",
        "delimiter",
        "env",
        "flags",
        "greedy",
        "group",
        "help",
        "hidden",
        "kind",
        "metavar",
        "read",
        "requires",
        "signed",
    )

    def __init__(
        self,
        flags: Words,
        kind: Kind,
        *,
        help: str = "",
        metavar: str | None = None,
        env: str | None = None,
        choices: Words = (),
        also_accepted: Words = (),
        default: str | None = None,
        bare: str | None = None,
        delimiter: str | None = None,
        greedy: bool = False,
        any_case: bool = False,
        read: Callable[[str], Any] | None = None,
        signed: bool = False,
        conflicts: Words = (),
        requires: Words = (),
        hidden: bool = False,
        group: str = "Options",
    ) -> None:
        self.flags = flags
        self.kind = kind
        self.help = help
        self.metavar = metavar or flags[-1].lstrip("-").replace("-", "_").upper()
        self.env = env
        self.choices = choices
        self.also_accepted = also_accepted
        self.default = default
        self.bare = bare
        self.delimiter = delimiter
        self.greedy = greedy
        self.any_case = any_case
        self.read = read
        self.signed = signed
        self.conflicts = conflicts
        self.requires = requires
        self.hidden = hidden
        self.group = group

    @property
    def takes_value(self) -> bool:
        """Whether a word belongs to the option."""
        return self.kind in ("value", "list")

    @property
    def is_global(self) -> bool:
        """Whether sub-commands of whatever kind take it too."""
        return self.group == "Global Options"

    @property
    def spelled(self) -> str:
        """The option as messages name it: `--jobs <JOBS>`."""
        if not self.takes_value:
            return self.flags[-1]
        if self.bare is not None:
            return f"{self.flags[-1]}[=<{self.metavar}>]"
        return f"{self.flags[-1]} <{self.metavar}>" + ("..." if self.greedy else "")


# What follows says to a type checker which type a value has; the objects are those above.


def flag(*flags: str, **more: Any) -> bool:
    """Declare an option without a value, which is there or is not."""
    return Option(flags, "flag", **more)  # type: ignore[return-value]


def count(*flags: str, **more: Any) -> int:
    """Declare an option whose occurrences are counted."""
    return Option(flags, "count", **more)  # type: ignore[return-value]


if TYPE_CHECKING:

    @overload
    def value(*flags: str, choices: tuple[L, ...], default: L, **more: Any) -> L: ...
    @overload
    def value(*flags: str, choices: tuple[L, ...], **more: Any) -> L | None: ...
    @overload
    def value(*flags: str, read: Callable[[str], T], default: str, **more: Any) -> T: ...
    @overload
    def value(*flags: str, read: Callable[[str], T], **more: Any) -> T | None: ...
    @overload
    def value(*flags: str, default: str, **more: Any) -> str: ...
    @overload
    def value(*flags: str, **more: Any) -> str | None: ...
    def value(*flags: str, **more: Any) -> Any:
        """Declare an option with a value; without a default it is None where it is not given."""

else:

    def value(*flags, **more):
        """Declare an option with a value; without a default it is None where it is not given."""
        return Option(flags, "value", **more)


def values(*flags: str, **more: Any) -> tuple[str, ...]:
    """Declare an option that may be repeated, with a value each time."""
    return Option(flags, "list", **more)  # type: ignore[return-value]


def argument(metavar: str, *, help: str = "", choices: Words = (), read: Read | None = None) -> str:
    """Declare a word that has to be given."""
    return Argument(metavar, "one", help, choices, read)  # type: ignore[return-value]


def optional(metavar: str, *, help: str = "") -> str | None:
    """Declare a word that may be left out."""
    return Argument(metavar, "optional", help)  # type: ignore[return-value]


def arguments(
    metavar: str,
    *,
    help: str = "",
    needed: bool = True,
    choices: Words = (),
    read: Read | None = None,
) -> tuple[str, ...]:
    """Declare any number of words, of which one at least is needed or none."""
    arity: Arity = "some" if needed else "any"
    return Argument(metavar, arity, help, choices, read)  # type: ignore[return-value]


def tail(metavar: str, *, help: str = "") -> tuple[str, ...]:
    """Declare all that follows the first word that is no option of the command."""
    return Argument(metavar, "tail", help)  # type: ignore[return-value]


def declared(cls: type[Values]) -> tuple[list[Argument], list[Option]]:
    """Return what a class of values declares, its own before that of its bases."""
    found: dict[str, object] = {}
    for part in cls.__mro__:
        for name, one in part.__dict__.items():
            if isinstance(one, _Named):
                found.setdefault(name, one)
    members = found.values()
    return (
        [one for one in members if isinstance(one, Argument)],
        [one for one in members if isinstance(one, Option)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[V]):
    """A command: what it takes and what it does, or the commands below it.

    `run` gets the parsed call and returns the exit code. `example` is a command line as one would
    type it, without the program, or with `{}` where that stands elsewhere. `help_without_words`
    prints the help, with exit code 2, when the command is called with nothing at all. `remembered`
    names the options with which the answer is the usual one, so that the quick path may learn from
    it. One that is `hidden` stands in no list of commands; one with a `home` has its rest in that
    module below `wisp.cli.commands`.
    """

    name: str
    summary: str
    values: type[V]
    run: Callable[[Call[V]], int] | None = None
    commands: tuple[Command[Any], ...] = ()
    aliases: tuple[str, ...] = ()
    example: str = ""
    help_without_words: bool = False
    remembered: frozenset[str] = frozenset()
    hidden: bool = False
    home: str = ""

    def find(self, word: str) -> Command[Any] | None:
        """The sub-command of that name or alias."""
        found = (c for c in self.commands if word == c.name or word in c.aliases)
        return next((one.whole() for one in found), None)

    def example_for(self, program: str) -> str:
        """The example as it is typed; a group has that of its first command, "" if none has."""
        if not self.example:
            below = (one.whole().example_for(program) for one in self.commands if not one.hidden)
            return next(filter(None, below), "")
        line = self.example if "{} " in self.example else f"{{}} {self.example}"
        return line.replace("{}", program, 1)

    def whole(self) -> Command[Any]:
        """The command itself, where this only stands for one of another module."""
        if not self.home:
            return self
        from importlib import import_module

        command: Command[Any] = import_module(f"wisp.cli.commands.{self.home}").COMMAND
        return command


def top(
    name: str,
    values: type[V],
    run: Callable[[Call[V]], int] | None = None,
    *,
    commands: tuple[Command[Any], ...] = (),
    example: str = "",
    help_without_words: bool = False,
    remembered: frozenset[str] = frozenset(),
) -> Command[V]:
    """Declare a command of the table, which holds its name, summary and aliases.

    One below another is named by its path, as `workspace channel`.
    """
    entry = named(name)
    return Command(
        name=entry.name,
        summary=entry.summary,
        aliases=entry.aliases,
        values=values,
        run=run,
        commands=commands,
        example=example,
        help_without_words=help_without_words,
        remembered=remembered,
    )


def elsewhere(entry: Entry, values: type[Values]) -> Command[Any]:
    """Stand for a command of the table until it is called; `values` are those of its group."""
    return Command(
        name=entry.name,
        summary=entry.summary,
        aliases=entry.aliases,
        values=values,
        home=entry.module,
    )
