"""An unfinished command line, read as far as it goes: which command, and what may stand next."""

from __future__ import annotations

from wisp.cli.declare import declared
from wisp.cli.options import Global
from wisp.cli.table import meant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from wisp.cli.declare import Argument, Command, Option


class Unfinished:
    """What the finished words of a command line amount to.

    `command` is None while no command was named, and `lost` tells that words make no sense, so that
    nothing can be said of the next. `wanted` is the option whose value comes next; `given` has the
    values of the options so far by their `dest`, `loose` the other words. Behind `--`, or the first
    word of a tail, nothing `may_be_option`.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.command: Command[Any] | None = None
        self.path = ""
        self.lost = False
        self.wanted: Option | None = None
        self.given: dict[str, list[str]] = {}
        self.loose: list[str] = []
        self.may_be_option = True
        self._take(Global)
        for word in words:
            self._read(word)

    @property
    def argument(self) -> Argument | None:
        """The argument that the next word would be, if any is left."""
        for position, one in enumerate(self.arguments):
            if one.arity not in ("one", "optional") or position == len(self.loose):
                return one
        return None

    def option(self, flag: str) -> Option | None:
        """The option of a spelling."""
        return next((one for one in self.options if flag in one.flags), None)

    def _take(self, values: type[Any]) -> None:
        self.arguments, self.options = declared(values)

    def _read(self, word: str) -> None:
        if self.wanted is not None and (word[:1] != "-" or word == "-"):
            self.given.setdefault(self.wanted.dest, []).append(word)
            if not self.wanted.greedy:
                self.wanted = None
            return
        self.wanted = None
        if self.may_be_option and word[:1] == "-" and len(word) > 1:
            self._option(word)
        elif not self._descended(word):
            self.loose.append(word)
            if any(one.arity == "tail" for one in self.arguments):
                self.may_be_option = False

    def _option(self, word: str) -> None:
        if word == "--":
            self.may_be_option = False
            return
        flag, equals, text = word.partition("=")
        if word[:2] != "--":
            flag, equals, text = word[:2], word[2:], word[2:]
        option = self.option(flag)
        if option is None:
            return
        values = self.given.setdefault(option.dest, [])
        if option.takes_value and equals:
            values.append(text)
        elif option.takes_value and option.bare is None:
            self.wanted = option

    def _descended(self, word: str) -> bool:
        """Follow a word to the command that it names; whether it does."""
        if self.lost or self.loose or not self.may_be_option:
            return False
        if self.command is None:
            found = _top(word)
            self.lost = found is None and word != "help"
        else:
            found = self.command.find(word)
            self.lost = found is None and self.command.run is None
        if found is None:
            return self.lost or self.command is None
        self.command = found
        self.path = f"{self.path} {found.name}".lstrip()
        self._take(found.values)
        return True


def _top(word: str) -> Command[Any] | None:
    entry = meant(word)
    if entry is None:
        return None
    # To load `importlib` for this would take longer than to load the command.
    module = __import__(f"wisp.cli.commands.{entry.module}", fromlist=["COMMAND"])
    command: Command[Any] = module.COMMAND
    return command
