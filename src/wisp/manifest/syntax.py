"""The concrete syntax of a TOML 1.1 text: which tables, keys and values it has, and where.

Offsets count characters of the text; every span is half open.
"""

from __future__ import annotations

from wisp.specs.controls import KeyPath
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    ValueKind = Literal["scalar", "array", "inline"]

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Value:
    """A value and its span; `items` of an array, `entries` of an inline table.

    `inner` is what to mark of it: a string without its quotes.
    """

    kind: ValueKind
    start: int
    end: int
    inner: Span
    items: tuple[ArrayItem, ...] = ()
    entries: tuple[KeyValue, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrayItem:
    """An element of an array; `end` lies behind its comma, if it has one."""

    value: Value
    end: int

    @property
    def has_comma(self) -> bool:
        """Whether a comma follows the value."""
        return self.end != self.value.end


@dataclass(frozen=True, slots=True)
class Key:
    """The parts of a dotted key, each with the span of its text inside quotes, and its end."""

    path: KeyPath
    spans: tuple[Span, ...]
    end: int


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A key with its value.

    `lead` is where the blank lines and comments above begin, `start` the key itself; `end` lies
    behind the line break, or behind the comma of an entry in an inline table.
    """

    name: Key
    lead: int
    start: int
    value: Value
    end: int

    @property
    def key(self) -> KeyPath:
        """The parts of the key."""
        return self.name.path


@dataclass(frozen=True, slots=True)
class Section:
    """A `[table]` or `[[array of tables]]` with its own entries; the root has the path `()`.

    `lead` is where the blank lines and comments above the header begin, `start` the header,
    `head_end` lies behind the header's line.
    """

    name: Key
    is_array: bool = False
    lead: int = 0
    start: int = 0
    head_end: int = 0
    entries: tuple[KeyValue, ...] = ()

    @property
    def path(self) -> KeyPath:
        """The parts of the header's key."""
        return self.name.path

    @property
    def end(self) -> int:
        """Where the section's last entry ends; comments below belong to what follows."""
        return self.entries[-1].end if self.entries else self.head_end


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the scan ended early: the offset, and whether it is a spot worth marking.

    `first` is where the same thing was defined before, if it was defined twice.
    """

    offset: int
    marked: bool = True
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Syntax:
    """A text's sections, the root first, in order of appearance, as far as it could be followed."""

    sections: tuple[Section, ...]
    stop: Stop | None = None
