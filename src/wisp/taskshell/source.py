"""A place in a script, with the few moves that words and lists share."""

from __future__ import annotations

from wisp.taskshell.errors import ShellSyntaxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from wisp.taskshell.tree import ListItem

BLANKS = " \t"


class Source:
    """The script, the offset `at`, and what nested constructs need to know.

    `read_list` parses a list at the current place (words contain lists in `$(…)`); `no_brace`
    remembers where a `{` turned out to be literal, so that nested ones are tried only once.
    A text taken out of backticks keeps its distance `origin` to the `whole` script.
    """

    __slots__ = ("at", "no_brace", "origin", "read_list", "text", "whole")

    def __init__(
        self,
        text: str,
        read_list: Callable[[Source], list[ListItem]],
        *,
        whole: str | None = None,
        origin: int = 0,
    ) -> None:
        self.text = text
        self.at = 0
        self.read_list = read_list
        self.no_brace: set[int] = set()
        self.whole = text if whole is None else whole
        self.origin = origin

    def peek(self, ahead: int = 0) -> str:
        """Give the character at the current place, "" behind the end."""
        spot = self.at + ahead
        return self.text[spot] if spot < len(self.text) else ""

    def looking_at(self, text: str) -> bool:
        """Say whether `text` stands here."""
        return self.text.startswith(text, self.at)

    def fail(self, reason: str, at: int | None = None, hints: tuple[str, ...] = ()) -> NoReturn:
        """Raise the syntax error for offset `at` (the current place by default)."""
        spot = (self.at if at is None else at) + self.origin
        raise ShellSyntaxError(reason, self.whole, spot, hints)

    def inner(self, body: str, at: int) -> Source:
        """Give a source for a text that stands at offset `at` of this one."""
        return Source(
            body,
            self.read_list,
            whole=self.whole,
            origin=self.origin + at,
        )

    def newline_length(self) -> int:
        """Give the length of the line end that stands here, 0 if there is none."""
        if self.looking_at("\n"):
            return 1
        return 2 if self.looking_at("\r\n") else 0

    def joint_length(self) -> int:
        """Give the length of a backslash and line end that stand here, else 0."""
        if self.looking_at("\\\n"):
            return 2
        return 3 if self.looking_at("\\\r\n") else 0

    def skip_blanks(self) -> None:
        """Go to the next character of this line, joined lines included."""
        while True:
            if self.peek() and self.peek() in BLANKS:
                self.at += 1
            elif length := self.joint_length():
                self.at += length
            else:
                return

    def skip_lines(self) -> None:
        """Go over blanks, line ends and comments."""
        while True:
            self.skip_blanks()
            if length := self.newline_length():
                self.at += length
            elif self.peek() == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return
