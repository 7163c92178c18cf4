"""The concrete syntax of a TOML 1.1 text: which bytes are which table, key and value.

Texts come here after `tomli` has accepted them, so the scanner only has to find its way, not to
judge. Offsets count characters of the text; every span is half open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

import tomli

ValueKind = Literal["scalar", "array", "inline"]
Path = tuple[str, ...]

_SPACE = re.compile(r"[ \t]*")
_TRIVIA = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_REST_OF_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_BARE_KEY = re.compile(r"[^\s.=\]\"'#]+")
_SCALAR = re.compile(r"[^,\]}\n#]*[^,\]}\n#\s]")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value and its span; `items` of an array, `entries` of an inline table."""

    kind: ValueKind
    start: int
    end: int
    items: tuple[Item, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An element of an array; `end` lies behind its comma, if it has one."""

    value: Value
    end: int

    @property
    def has_comma(self) -> bool:
        """Whether a comma follows the value."""
        return self.end != self.value.end


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value.

    `key` holds the parts of a dotted key. `lead` is where the blank lines and comments above
    begin, `start` the key itself; `end` lies behind the line break, or behind the comma of an
    entry in an inline table.
    """

    key: Path
    lead: int
    start: int
    key_end: int
    value: Value
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A `[table]` or `[[array of tables]]` with its own entries; the root has the path `()`.

    `lead` is where the blank lines and comments above the header begin, `start` the header,
    `head_end` lies behind the header's line.
    """

    path: Path
    is_array: bool
    lead: int
    start: int
    head_end: int
    entries: tuple[Entry, ...] = field(default=())

    @property
    def end(self) -> int:
        """Where the section's last entry ends; comments below belong to what follows."""
        return self.entries[-1].end if self.entries else self.head_end


def scan(text: str) -> tuple[Section, ...]:
    """Read a valid TOML text into its sections, the root first, in order of appearance."""
    return _Scanner(text).sections()


class _Scanner:
    """One pass over a text; `at` is the next character to look at."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def sections(self) -> tuple[Section, ...]:
        path: Path = ()
        is_array = False
        lead = start = head_end = 0
        found: list[Section] = []
        while True:
            entries = self._entries()
            found.append(Section(path, is_array, lead, start, head_end, entries))
            lead = entries[-1].end if entries else head_end
            if self.at >= len(self.text):
                return tuple(found)
            start = self.at
            is_array = self.text.startswith("[[", start)
            self.at += 2 if is_array else 1
            path = self._key()
            self._skip(_REST_OF_LINE)
            head_end = self.at

    def _entries(self) -> tuple[Entry, ...]:
        entries: list[Entry] = []
        while True:
            lead = self.at
            self._skip(_TRIVIA)
            if self.at >= len(self.text) or self.text[self.at] == "[":
                return tuple(entries)
            start = self.at
            key, key_end, value = self._pair()
            self._skip(_REST_OF_LINE)
            entries.append(Entry(key, lead, start, key_end, value, self.at))

    def _pair(self) -> tuple[Path, int, Value]:
        key = self._key()
        key_end = self.at
        self.at = self.text.index("=", self.at) + 1
        self._skip(_SPACE)
        return key, key_end, self._value()

    def _key(self) -> Path:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            parts.append(self._key_part())
            end = self.at
            self._skip(_SPACE)
            if self.at >= len(self.text) or self.text[self.at] != ".":
                self.at = end
                return tuple(parts)
            self.at += 1

    def _key_part(self) -> str:
        start = self.at
        if self.text[start] in "\"'":
            self._skip(_STRING)
            return str(tomli.loads(f"text = {self.text[start : self.at]}")["text"])
        self._skip(_BARE_KEY)
        return self.text[start : self.at]

    def _value(self) -> Value:
        start = self.at
        first = self.text[start]
        if first == "[":
            return self._array()
        if first == "{":
            return self._inline()
        self._skip(_STRING if first in "\"'" else _SCALAR)
        return Value("scalar", start, self.at)

    def _array(self) -> Value:
        start = self.at
        items: list[Item] = []
        self.at += 1
        while True:
            self._skip(_TRIVIA)
            if self.text[self.at] == "]":
                self.at += 1
                return Value("array", start, self.at, items=tuple(items))
            value = self._value()
            items.append(Item(value, self._comma()))

    def _inline(self) -> Value:
        start = self.at
        entries: list[Entry] = []
        self.at += 1
        while True:
            lead = self.at
            self._skip(_TRIVIA)
            if self.text[self.at] == "}":
                self.at += 1
                return Value("inline", start, self.at, entries=tuple(entries))
            begin = self.at
            key, key_end, value = self._pair()
            entries.append(Entry(key, lead, begin, key_end, value, self._comma()))

    def _comma(self) -> int:
        """Return where an element ends: behind its comma, else behind its value."""
        end = self.at
        self._skip(_TRIVIA)
        if self.text[self.at] == ",":
            self.at += 1
            return self.at
        return end

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match is None:  # only a text that tomli would refuse gets here
            raise ValueError(f"no TOML at offset {self.at}")
        self.at = match.end()
