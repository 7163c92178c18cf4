"""Patterns of texts: regular expressions, compiled when they are first asked, and plain stars.

The modules that a command loads have sixty expressions, of which it uses a few; to compile them all
took 9 ms of a small lock.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any

#: What can be asked, each a method of the compiled expression once there is one.
_QUESTIONS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub")


class _Pattern:
    """Stands for a compiled expression, whose methods it takes over at the first question."""

    __slots__ = (*_QUESTIONS, "pattern")

    def __init__(self, text: str) -> None:
        self.pattern = text

    def __getattr__(self, name: str) -> Any:  # a question whose slot is empty yet
        import re

        compiled = re.compile(self.pattern)
        for question in _QUESTIONS:
            setattr(self, question, getattr(compiled, question))
        return getattr(compiled, name)


if TYPE_CHECKING:

    def pattern(text: str) -> re.Pattern[str]:
        """Make a regular expression; its flags stand in the text, as `(?m)` at the front."""

else:
    pattern = _Pattern


def fits_stars(starred: str, text: str) -> bool:
    """Tell whether a text fits a pattern in which each `*` stands for anything.

    Regular expressions would try all ways to share a text between the stars of a foreign pattern.
    """
    first, *pieces = starred.split("*")
    if not pieces:
        return text == first
    last, at = pieces.pop(), len(first)
    end = len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in pieces:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
