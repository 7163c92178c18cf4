"""Which characters of a TOML 1.1 text are which table, key and value: one pass over it.

The scan follows the text rather than its meaning. It is lenient where the parser has already
judged, and when the parser has refused the text it stops at the spot that is to be marked.
"""

from __future__ import annotations

import re

import tomli

from wisp.foreign import toml_data
from wisp.manifest.syntax import ArrayItem, Key, KeyValue, Section, Span, Stop, Syntax, Value
from wisp.patterns import pattern
from wisp.values import replace

_SPACE = pattern(r"[ \t]*")
_TRIVIA = pattern(r"(?:[ \t\r\n]|#[^\n]*)*")
_REST_OF_LINE = pattern(r"[^\n]*\n?")
_BARE_KEY = pattern(r"[A-Za-z0-9_-]*")
_WORD = pattern(r"[^,\]}# \t\r\n]*")
#: The second half of a date whose time is set off by a blank.
_TIME = pattern(r" \d[^,\]}# \t\r\n]*")
_LINE_BREAK = pattern(r"(?:\r?\n)?")
#: What cannot end a string, by its delimiter.
_PLAIN = {
    '"': pattern(r'[^"\\\n]*'),
    "'": pattern(r"[^'\n]*"),
    '"""': pattern(r'[^"\\]*'),
    "'''": pattern(r"[^']*"),
}
_SIMPLE_ESCAPES = frozenset('btnfre"\\')
_HEX_ESCAPES = {"x": 2, "u": 4, "U": 8}
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")


def scan(text: str) -> Syntax:
    """Read a TOML text."""
    scanner = _Scanner(text)
    stop = None
    try:
        scanner.document()
    except _Stopped as stopped:
        stop = stopped.stop
    except RecursionError:
        stop = Stop(scanner.at, marked=False)
    return Syntax(tuple(scanner.sections()), stop)


class _Stopped(Exception):  # noqa: N818 - it ends a scan, nobody outside sees it
    def __init__(self, offset: int, *, marked: bool = True) -> None:
        self.stop = Stop(offset, marked)


class _Scanner:
    """One pass over a text; `at` is the next character to look at."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0
        self._heads = [Section(Key((), (), 0))]
        self._entries: list[list[KeyValue]] = [[]]

    def sections(self) -> list[Section]:
        pairs = zip(self._heads, self._entries, strict=True)
        return [replace(head, entries=tuple(entries)) for head, entries in pairs]

    def document(self) -> None:
        while True:
            lead = self.at
            self._skip(_TRIVIA)
            if self.at >= len(self.text):
                return
            if self._peek() == "[":
                self._header(lead)
            else:
                self._line(lead)

    # Whoever reads a faulty text wants what stands before the fault, on the same line too.

    def _header(self, lead: int) -> None:
        start = self.at
        is_array = self.text.startswith("[[", start)
        self.at += 2 if is_array else 1
        key = self._key()
        self._expect("]]" if is_array else "]")
        try:
            self._end_line()
        finally:
            self._heads.append(Section(key, is_array, lead, start, self.at))
            self._entries.append([])

    def _line(self, lead: int) -> None:
        start = self.at
        key, value = self._pair()
        try:
            self._end_line()
        finally:
            self._entries[-1].append(KeyValue(key, lead, start, value, self.at))

    def _end_line(self) -> None:
        self._skip(_SPACE)
        if self._peek() not in {"", "#", "\n", "\r"}:
            raise _Stopped(self.at, marked=False)
        self._skip(_REST_OF_LINE)

    def _pair(self) -> tuple[Key, Value]:
        key = self._key()
        self._expect("=")
        self._skip(_SPACE)
        return key, self._value()

    def _key(self) -> Key:
        parts: list[tuple[str, Span]] = []
        while True:
            self._skip(_SPACE)
            parts.append(self._key_part())
            end = self.at
            self._skip(_SPACE)
            if self._peek() != ".":
                self.at = end
                return Key(tuple(name for name, _ in parts), tuple(span for _, span in parts), end)
            self.at += 1

    def _key_part(self) -> tuple[str, Span]:
        start = self.at
        if self._peek() in {'"', "'"}:
            span = self._string()
            return self._unquoted(start), span
        self._skip(_BARE_KEY)
        if self.at == start:
            raise _Stopped(start, marked=False)
        return self.text[start : self.at], (start, self.at)

    def _unquoted(self, start: int) -> str:
        written = self.text[start : self.at]
        try:
            return str(toml_data(f"text = {written}")["text"])
        except tomli.TOMLDecodeError:  # no character has that number
            return written

    def _value(self) -> Value:
        start = self.at
        first = self._peek()
        if first == "[":
            return self._array()
        if first == "{":
            return self._inline()
        inner = self._string() if first in {'"', "'"} else self._literal()
        return Value("scalar", start, self.at, inner)

    def _literal(self) -> Span:
        """A number, boolean or date: all up to white space or the next mark of punctuation."""
        start = self.at
        self._skip(_WORD)
        word = self.text[start : self.at]
        if not word:
            raise _Stopped(start, marked=False)
        if word[0].isalpha() and word not in {"true", "false", "inf", "nan"}:
            raise _Stopped(start)
        if word[4:5] == "-" and (time := _TIME.match(self.text, self.at)):
            self.at = time.end()
        return start, self.at

    def _array(self) -> Value:
        start = self.at
        items: list[ArrayItem] = []
        self.at += 1
        self._skip(_TRIVIA)
        while self._peek() != "]":
            value = self._value()
            items.append(ArrayItem(value, self._comma()))
            if not items[-1].has_comma:
                break
            self._skip(_TRIVIA)
        self._expect("]")
        return Value("array", start, self.at, (start, self.at), items=tuple(items))

    def _inline(self) -> Value:
        start = self.at
        entries: list[KeyValue] = []
        self.at = lead = start + 1
        self._skip(_TRIVIA)
        while self._peek() != "}":
            begin = self.at
            key, value = self._pair()
            end = self._comma()
            entries.append(KeyValue(key, lead, begin, value, end))
            if end == value.end:
                break
            lead = end
            self._skip(_TRIVIA)
        self._expect("}")
        return Value("inline", start, self.at, (start, self.at), entries=tuple(entries))

    def _comma(self) -> int:
        """Return where an element ends: behind its comma, else behind its value."""
        end = self.at
        self._skip(_TRIVIA)
        if self._peek() == ",":
            self.at += 1
            return self.at
        return end

    def _string(self) -> Span:
        """Read a string of any kind and return the span inside its quotes."""
        start = self.at
        quote = self.text[start]
        if self.text.startswith(quote * 3, start):
            return self._string_body(quote * 3)
        if self.text.startswith(quote * 2, start):
            self.at += 2
            return start, start + 1
        return self._string_body(quote)

    def _string_body(self, delimiter: str) -> Span:
        start = self.at
        is_long = len(delimiter) == 3
        self.at += len(delimiter)
        if is_long:
            self._skip(_LINE_BREAK)
        begin = self.at
        while True:
            self._skip(_PLAIN[delimiter])
            if self.text.startswith(delimiter, self.at):
                break
            character = self._peek()
            if not character:
                raise _Stopped(start)
            if character == "\n":
                raise _Stopped(self.at - (self.text[self.at - 1] == "\r"))
            self.at += 1
            if character == "\\":
                self._escape(is_long=is_long)
        end = self.at
        # Up to two quotes more belong to a long string.
        while is_long and self.text.startswith(delimiter, end + 1) and end - self.at < 2:
            end += 1
        self.at = end + len(delimiter)
        return begin, end

    def _escape(self, *, is_long: bool) -> None:
        letter = self._peek()
        if is_long and letter.isspace():
            return
        if letter in _HEX_ESCAPES:
            for _ in range(_HEX_ESCAPES[letter]):
                self.at += 1
                if self._peek() not in _HEX_DIGITS:
                    raise _Stopped(self.at)
        elif letter not in _SIMPLE_ESCAPES:
            raise _Stopped(self.at)
        self.at += 1

    def _expect(self, mark: str) -> None:
        self._skip(_SPACE)
        if not self.text.startswith(mark, self.at):
            raise _Stopped(self.at, marked=False)
        self.at += len(mark)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        assert match is not None  # each of our patterns matches nothing, too
        self.at = match.end()
