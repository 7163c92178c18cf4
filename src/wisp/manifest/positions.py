"""Where keys and values stand in a TOML text: a second scan, made only to show an error.

The scan follows the text rather than its meaning. It is lenient where the parser has already
judged, and when the parser has refused the text it stops at the spot that is to be marked.
Offsets count characters from the start of the text. As in Pixi, a string is marked inside its
quotes, a table with a header of its own at the start of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Key = str | int
Path = tuple[Key, ...]
Span = tuple[int, int]

_BARE_KEY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_END_OF_WORD = frozenset(("", ",", "]", "}", "#", "\n", "\r", " ", "\t"))
_SIMPLE_ESCAPES = frozenset('btnfre"\\')
_HEX_ESCAPES = {"x": 2, "u": 4, "U": 8}


@dataclass(slots=True)
class Node:
    """A value: its span, and for tables and arrays the spans of keys and the values below."""

    span: Span = (0, 0)
    keys: dict[str, Span] = field(default_factory=dict)
    children: dict[Key, Node] = field(default_factory=dict)
    #: Defined by a header, so that a second header of the same name is a fault.
    headed: bool = False

    def find(self, path: Path) -> Node | None:
        """Return the value at a path, None if it is not there."""
        node: Node | None = self
        for key in path:
            node = node.children.get(key) if node else None
        return node


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the scan ended early: the offset, and whether it is a spot worth marking."""

    offset: int
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Scan:
    """The tree of a text, as far as it could be followed."""

    root: Node
    stop: Stop | None = None


class _Stopped(Exception):  # noqa: N818 - it ends a scan, nobody outside sees it
    def __init__(self, offset: int, *, marked: bool = True) -> None:
        self.stop = Stop(offset, marked)


def scan(text: str) -> Scan:
    """Find the position of everything in a TOML text."""
    scanner = _Scanner(text)
    try:
        scanner.document()
    except _Stopped as stopped:
        return Scan(scanner.root, stopped.stop)
    return Scan(scanner.root)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Turn an offset into a line and a column, both counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0
        self.root = Node((0, len(text)))

    def document(self) -> None:
        current = self.root
        while True:
            self._skip_blank()
            if self.at >= len(self.text):
                return
            if self._peek() == "[":
                current = self._header()
            else:
                self._pair(current)
            self._end_of_line()

    def _header(self) -> Node:
        start = self.at
        array = self.text.startswith("[[", start)
        self.at += 2 if array else 1
        self._skip_space()
        parts = self._dotted_key()
        self._expect("]]" if array else "]")
        parent = self.root
        for name, span in parts[:-1]:
            parent = self._open(parent, name, span)
        name, span = parts[-1]
        return self._append(parent, name, span) if array else self._head(parent, name, span, start)

    def _head(self, parent: Node, name: str, span: Span, start: int) -> Node:
        known = parent.children.get(name)
        if known is not None and known.headed:
            raise _Stopped(start)
        node = self._open(parent, name, span)
        node.headed = True
        return node

    def _append(self, parent: Node, name: str, span: Span) -> Node:
        parent.keys.setdefault(name, span)
        items = parent.children.setdefault(name, Node())
        item = items.children[len(items.children)] = Node()
        return item

    def _open(self, parent: Node, name: str, span: Span) -> Node:
        """Step into a table on the way to another; into the last one of an array of tables."""
        parent.keys.setdefault(name, span)
        node = parent.children.setdefault(name, Node())
        last = len(node.children) - 1
        return node.children.get(last, node)

    def _pair(self, table: Node) -> None:
        parts = self._dotted_key()
        self._expect("=")
        self._skip_space()
        value = self._value()
        for name, span in parts[:-1]:
            known = name in table.children
            table = self._open(table, name, span)
            if not known:
                table.span = value.span
        name, span = parts[-1]
        if name in table.children:
            raise _Stopped(span[0])
        table.keys[name] = span
        table.children[name] = value

    def _dotted_key(self) -> list[tuple[str, Span]]:
        parts = [self._key()]
        self._skip_space()
        while self._peek() == ".":
            self.at += 1
            self._skip_space()
            parts.append(self._key())
            self._skip_space()
        return parts

    def _key(self) -> tuple[str, Span]:
        if self._peek() in {'"', "'"}:
            return self._string()
        start = self.at
        while self._peek() in _BARE_KEY:
            self.at += 1
        if self.at == start:
            raise _Stopped(start, marked=False)
        return self.text[start : self.at], (start, self.at)

    def _value(self) -> Node:
        first = self._peek()
        if first in {'"', "'"}:
            return Node(self._string()[1])
        if first == "{":
            return self._inline_table()
        if first == "[":
            return self._array()
        return self._literal()

    def _literal(self) -> Node:
        """A number, boolean or date: all up to white space or the next mark of punctuation."""
        start = self.at
        self._skip_word()
        word = self.text[start : self.at]
        if not word:
            raise _Stopped(start, marked=False)
        if word[0].isalpha() and word not in {"true", "false", "inf", "nan"}:
            raise _Stopped(start)
        if word[4:5] == "-" and self.text[self.at + 1 : self.at + 2].isdigit():
            self.at += 1
            self._skip_word()
        return Node((start, self.at))

    def _skip_word(self) -> None:
        while self._peek() not in _END_OF_WORD:
            self.at += 1

    def _inline_table(self) -> Node:
        node = Node()
        start = self.at
        self.at += 1
        self._skip_blank()
        while self._peek() != "}":
            self._pair(node)
            self._skip_blank()
            if self._peek() != ",":
                break
            self.at += 1
            self._skip_blank()
        self._expect("}")
        node.span = (start, self.at)
        return node

    def _array(self) -> Node:
        node = Node()
        start = self.at
        self.at += 1
        self._skip_blank()
        while self._peek() != "]":
            node.children[len(node.children)] = self._value()
            self._skip_blank()
            if self._peek() != ",":
                break
            self.at += 1
            self._skip_blank()
        self._expect("]")
        node.span = (start, self.at)
        return node

    def _string(self) -> tuple[str, Span]:
        """Read a string of any kind; its text is only right where no escape is met."""
        start = self.at
        quote = self.text[start]
        if self.text.startswith(quote * 3, start):
            return self._string_body(quote * 3, start)
        if self.text.startswith(quote * 2, start):
            self.at += 2
            return "", (start, start + 1)
        return self._string_body(quote, start)

    def _string_body(self, delimiter: str, start: int) -> tuple[str, Span]:
        self.at += len(delimiter)
        if len(delimiter) == 3:
            self.at += self._line_break()
        begin = self.at
        while not self.text.startswith(delimiter, self.at):
            character = self._peek()
            if not character:
                raise _Stopped(start)
            if character == "\n" and len(delimiter) == 1:
                raise _Stopped(self.at - (self.text[self.at - 1] == "\r"))
            self.at += 1
            if character == "\\" and delimiter[0] == '"':
                self._escape(multiline=len(delimiter) == 3)
        end = self.at
        if len(delimiter) == 3:
            while self.text.startswith(delimiter, end + 1) and end - self.at < 2:
                end += 1
        self.at = end + len(delimiter)
        return self.text[begin:end], (begin, end)

    def _line_break(self) -> int:
        if self.text.startswith("\r\n", self.at):
            return 2
        return 1 if self._peek() == "\n" else 0

    def _escape(self, *, multiline: bool) -> None:
        letter = self._peek()
        if multiline and letter.isspace():
            return
        if letter in _HEX_ESCAPES:
            for _ in range(_HEX_ESCAPES[letter]):
                self.at += 1
                if self._peek() not in "0123456789abcdefABCDEF":
                    raise _Stopped(self.at)
        elif letter not in _SIMPLE_ESCAPES:
            raise _Stopped(self.at)
        self.at += 1

    def _end_of_line(self) -> None:
        self._skip_space()
        if self._peek() not in {"", "#", "\n", "\r"}:
            raise _Stopped(self.at, marked=False)

    def _expect(self, mark: str) -> None:
        self._skip_space()
        if not self.text.startswith(mark, self.at):
            raise _Stopped(self.at, marked=False)
        self.at += len(mark)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip_space(self) -> None:
        while self._peek() in {" ", "\t"}:
            self.at += 1

    def _skip_blank(self) -> None:
        """Skip white space, line ends and comments."""
        while (character := self._peek()) and character in " \t\r\n#":
            if character == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                self.at += 1
