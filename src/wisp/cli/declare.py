"""How a command declares its words: arguments, options, sub-commands, as data.

`wisp.cli.parse` turns a declaration into a parser; `wisp completion` and `--help` read the same
data, so that nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from wisp.values import dataclass

if TYPE_CHECKING:
    from wisp.cli.call import Call

Kind = Literal["flag", "count", "value", "list"]
Arity = Literal["one", "optional", "some", "any", "tail"]


@dataclass(frozen=True, slots=True)
class Argument:
    """A positional word.

    `arity`: exactly `one`, `optional`, `some` (one or more), `any` number, or `tail`: all that is
    left from the first such word on, options of other programs included, untouched.
    """

    dest: str
    metavar: str
    arity: Arity = "one"
    help: str = ""
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A named option, e.g. `Option(("-p", "--platform"), "PLATFORM", kind="list")`.

    `env` names the variable that stands in where the option is not given; `conflicts` and
    `requires` name other options by a flag of theirs, or an argument by its metavar. `bare` is the
    value that the option means without one (`--offline`); such an option takes its value only after
    `=`. One that is `greedy` takes all words up to the next option; with `any_case` upper and lower
    case are the same in its choices.
    """

    flags: tuple[str, ...]
    metavar: str | None = None
    kind: Kind = "flag"
    help: str = ""
    env: str | None = None
    choices: tuple[str, ...] | None = None
    also_accepted: tuple[str, ...] = ()
    default: str | None = None
    bare: str | None = None
    delimiter: str | None = None
    count: int = 1
    greedy: bool = False
    any_case: bool = False
    conflicts: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    required: bool = False
    hidden: bool = False
    group: str = "Options"

    @property
    def dest(self) -> str:
        """Name of the value: the first long flag with underscores."""
        long = next((flag for flag in self.flags if flag.startswith("--")), self.flags[0])
        return long.lstrip("-").replace("-", "_")

    @property
    def is_global(self) -> bool:
        """Whether sub-commands of whatever kind take it too."""
        return self.group == "Global Options"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: what it takes and what it does, or the commands below it.

    `run` gets the parsed call and returns the exit code. `help_without_words` prints the help,
    with exit code 2, when the command is called with nothing at all.
    """

    name: str
    summary: str
    arguments: tuple[Argument, ...] = ()
    options: tuple[Option, ...] = ()
    run: Callable[[Call], int] | None = None
    commands: tuple[Command, ...] = ()
    aliases: tuple[str, ...] = ()
    hidden: bool = False
    help_without_words: bool = False

    def find(self, word: str) -> Command | None:
        """The sub-command of that name or alias."""
        return next((c for c in self.commands if word == c.name or word in c.aliases), None)
