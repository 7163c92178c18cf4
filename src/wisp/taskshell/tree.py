"""The syntax tree. Every node knows its span: offsets `start` and `end` into the script."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class Text:
    """Characters that stand for themselves, except that `*`, `?` and `[` are wildcards."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Quoted:
    """A quoted piece: never split, never matched against files."""

    __slots__ = ("parts",)

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts


class Variable:
    """`$NAME` or `$?`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Substitution:
    """`$(…)` or backticks."""

    __slots__ = ("items",)

    def __init__(self, items: list[ListItem]) -> None:
        self.items = items


class Tilde:
    """`~` where it stands for the home folder."""

    __slots__ = ()


class Braces:
    """`{a,b}` or `{1..3}`: the word is repeated with each alternative."""

    __slots__ = ("alternatives",)

    def __init__(self, alternatives: list[list[Part]]) -> None:
        self.alternatives = alternatives


class Word:
    """Adjacent parts without a blank between them."""

    __slots__ = ("end", "parts", "source", "start")

    def __init__(self, parts: list[Part], source: str, start: int, end: int) -> None:
        self.parts = parts
        self.source = source
        self.start = start
        self.end = end


class Assignment:
    """`NAME=value`, alone or in front of a command."""

    __slots__ = ("end", "name", "start", "value")

    def __init__(self, name: str, value: Word, start: int, end: int) -> None:
        self.name = name
        self.value = value
        self.start = start
        self.end = end


class Redirect:
    """`[N|&] OP target`.

    `stream` is the number before the operator, None without one; `both` is the `&` form.
    `operator` is one of `>`, `>>`, `<` (`>|` reads as `>`). `target` is a word or a number.
    """

    __slots__ = ("both", "end", "operator", "start", "stream", "target")

    def __init__(
        self,
        stream: int | None,
        both: bool,
        operator: str,
        target: Word | int,
        start: int,
        end: int,
    ) -> None:
        self.stream = stream
        self.both = both
        self.operator = operator
        self.target = target
        self.start = start
        self.end = end


class SimpleCommand:
    """Words, with assignments in front and at most one redirect."""

    __slots__ = ("assignments", "end", "redirect", "start", "words")

    def __init__(
        self,
        assignments: list[Assignment],
        words: list[Word],
        redirect: Redirect | None,
        start: int,
        end: int,
    ) -> None:
        self.assignments = assignments
        self.words = words
        self.redirect = redirect
        self.start = start
        self.end = end


class Subshell:
    """`( … )`: a list that works on a copy of the state."""

    __slots__ = ("end", "items", "redirect", "start")

    def __init__(
        self, items: list[ListItem], redirect: Redirect | None, start: int, end: int
    ) -> None:
        self.items = items
        self.redirect = redirect
        self.start = start
        self.end = end


class Pipeline:
    """Commands joined by pipes; `with_errors[i]` says that link i is `|&`."""

    __slots__ = ("commands", "end", "negated", "start", "with_errors")

    def __init__(
        self,
        negated: bool,
        commands: list[Command],
        with_errors: list[bool],
        start: int,
        end: int,
    ) -> None:
        self.negated = negated
        self.commands = commands
        self.with_errors = with_errors
        self.start = start
        self.end = end


class ListItem:
    """One entry of a list: elements joined by `&&` and `||`, perhaps in the background.

    `operators[i]` stands between `elements[i]` and `elements[i + 1]`.
    """

    __slots__ = ("background", "elements", "end", "operators", "start")

    def __init__(
        self, elements: list[Element], operators: list[str], background: bool, start: int, end: int
    ) -> None:
        self.elements = elements
        self.operators = operators
        self.background = background
        self.start = start
        self.end = end


class Script:
    """A whole text and its list."""

    __slots__ = ("items", "text")

    def __init__(self, text: str, items: list[ListItem]) -> None:
        self.text = text
        self.items = items


if TYPE_CHECKING:
    Part: TypeAlias = Text | Quoted | Variable | Substitution | Tilde | Braces
    Command: TypeAlias = SimpleCommand | Subshell
    Element: TypeAlias = Assignment | Pipeline
