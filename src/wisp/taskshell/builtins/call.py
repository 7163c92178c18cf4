"""What a built-in command gets, and how it says no."""

from __future__ import annotations

import os

from wisp.taskshell.redirect import reason
from wisp.taskshell.streams import Reader, Writer, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp.taskshell.control import Control
    from wisp.taskshell.frame import Frame
    from wisp.taskshell.state import State


class CommandError(Exception):
    """The command was called wrongly or failed; the text goes behind its name."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class BuiltinCall:
    """One call of a built-in command.

    `states` are all states that a lasting change must reach: with `A=x cd sub` the folder
    changes both for the command and for the list it stands in.
    """

    __slots__ = ("_frame", "_run", "arguments", "name", "states")

    def __init__(
        self,
        words: list[str],
        frame: Frame,
        states: tuple[State, ...],
        run: Callable[[list[str], Frame], int],
    ) -> None:
        self.name = words[0]
        self.arguments = words[1:]
        self.states = states
        self._frame = frame
        self._run = run

    @property
    def state(self) -> State:
        """The state the command reads."""
        return self.states[0]

    @property
    def control(self) -> Control:
        """Who says that the command must stop."""
        return self._frame.scope.control

    def path(self, name: str) -> str:
        """Give an operand as an absolute path."""
        return self.state.path(name)

    def reader(self) -> Reader:
        """Give the standard input."""
        return Reader(self._frame.streams.input, self.control)

    def writer(self) -> Writer:
        """Give the standard output."""
        return Writer(self._frame.streams.output, self.control)

    def print(self, text: str) -> None:
        """Write a line to the standard output."""
        self.writer().write(os.fsencode(text + "\n"))

    def complain(self, text: str) -> None:
        """Write a line to the standard error, behind the command's name."""
        say(self._frame.streams.errors, f"{self.name}: {text}", self.control)

    def run(self, arguments: list[str]) -> int:
        """Run another command with the same streams; its changes to the state are lost."""
        return self._run(arguments, self._frame)


def refused(text: str, error: OSError) -> CommandError:
    """Give the error for an operand the system refused."""
    return CommandError(f"{text}: {reason(error)}")
