"""A fast reader for the regular block YAML that lock files are written in.

Block mappings and sequences, plain and quoted scalars (also over several lines), block scalars,
comments and one-line flow collections are understood. Anchors, tags, aliases, several documents
and complex keys are not: no lock holds them, and refusing is safer than guessing.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate

from wisp.errors import LockFileError
from wisp.lock.failures import damaged
from wisp.lock.yaml_scalars import (
    CONSTANTS,
    SPECIAL_STARTS,
    ScalarError,
    flow,
    plain,
    quoted_end,
    unquote,
    without_comment,
)
from wisp.patterns import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_IGNORED_LINE = pattern(r"^[ \t]*(?:#.*|---[ \t]*)?\r?$")
#: Stands a line to ignore below the first one? Perhaps, if this is found.
_MAY_IGNORE = pattern(r"\n[ \t]*+(?:#|---|\n)")
_FOLDED_BREAK = pattern(r"(?<!\n)\n(?!\n)")
#: What follows the first character of a plain text, which is no number.
_PLAIN = r"[^:#\n]*(?::[^\s:#][^:#\n]*)*(?<!\s)"
_TEXT = pattern(rf"[A-Za-z_]{_PLAIN}")
#: A line on which a quoted scalar ends that began on one before.
_CLOSES = {"'": pattern(r"(?:[^']|'')*+'"), '"': pattern(r'(?:[^"\\]|\\.)*+"')}
_BLOCK_SCALAR = pattern(r"([|>])([1-9]?)([+-]?)([1-9]?)\s*(?:#.*)?$")


def parse(text: str, file: str) -> Any:
    """Turn YAML text into dicts, lists, strings, integers, booleans and None.

    Raises `LockFileError` with file, line and column where the text is not understood.
    """
    return _Reader(text, file).document()


#: An item that is one pair of plain words, as those that tell which packages are locked where.
_PAIR = pattern(r"- ([a-z_]+): ([A-Za-z/.]\S*)\n")


@cache
def _pairs(indent: int) -> re.Pattern[str]:
    """Match items at `indent` that are pairs, and have nothing below them."""
    return re.compile(rf"(?: {{{indent}}}{_PAIR.pattern}(?! {{{indent + 1}}}))+")


@cache
def _entry(indent: int) -> re.Pattern[str]:
    """Match an entry of a mapping that is an item at `indent`, which is what a lock is made of.

    The groups are: two characters that tell whether it is the first one, the key, and one of a
    plain value, plain items below, anything else on the line, anything else below.
    """
    margin = " " * indent
    value = rf"[A-Za-z0-9_./]{_PLAIN}|\[\]|\{{\}}"
    items = rf"(?:\n{margin}  - [A-Za-z_]{_PLAIN})+"
    below = rf"(?:\n{margin}  [ -][^\n]*)*"
    return re.compile(
        rf"{margin}(- |  )([A-Za-z0-9_][A-Za-z0-9_-]*):"
        rf"(?: ({value})|({items})| ([^#\n][^\n]*)|({below}))\n(?!{margin}  [ -])"
    )


def is_ignored(line: str) -> bool:
    """Tell whether a line says nothing, wherever it is no part of a text over several lines."""
    return _IGNORED_LINE.match(line) is not None


class _Reader:
    """Reads line by line; positions are indices into `lines`, which ends with a sentinel."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.source = text.split("\n")
        self.lines = self.source
        self.numbers: list[int] | range = range(1, len(self.source) + 1)
        odd = text.startswith("\ufeff") or "\r" in text or text.endswith((" ", "\t"))
        odd = odd or _IGNORED_LINE.match(self.source[0]) is not None
        if odd or _MAY_IGNORE.search(text):
            self._drop_ignored_lines()
        # A line of no indentation that is neither key nor item ends every block.
        self.lines = [*self.lines, ""]
        self.kept = "\n".join(self.lines)
        #: Where lines start in `kept`, if line breaks were not counted.
        self.starts = list(accumulate(map(len, self.lines), initial=0))

    def _drop_ignored_lines(self) -> None:
        kept = [
            (number, line.removeprefix("\ufeff").rstrip("\r"))
            for number, line in enumerate(self.source, 1)
            if not _IGNORED_LINE.match(line)
        ]
        self.numbers = [number for number, _ in kept]
        self.lines = [line for _, line in kept]

    def document(self) -> Any:
        if len(self.lines) < 2 or not self.lines[0]:
            return None
        value, at = self.block(0, 0)
        if self.lines[at]:
            raise self.failure(at, 0, "expected a key of the outermost mapping")
        return value

    def block(self, at: int, indent: int) -> tuple[Any, int]:
        line = self.lines[at]
        if line.startswith("- ", indent) or line[indent:] == "-":
            return self.sequence(at, indent)
        if line[indent] in "[{":
            return self.scalar(line[indent:], at, indent)
        return self.mapping(at, indent)

    def mapping(
        self, at: int, indent: int, begun: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], int]:
        lines = self.lines
        prefix = " " * indent
        result: dict[str, Any] = {} if begun is None else begun
        while True:
            line = lines[at]
            if not line.startswith(prefix) or len(line) <= indent or line[indent] == "-":
                break
            key, colon, value = line.partition(": ")
            if not colon and not line.endswith(":"):
                raise self.failure(at, indent, "expected `key: value`")
            key = key[indent:] if colon else line[indent:-1]
            if not key:
                raise self.failure(at, indent, "expected `key: value`")
            if key[0] in SPECIAL_STARTS or key[0] == " " or " #" in key:
                key, value = self.odd_key(line, at, indent)
            if key in result:
                raise self.failure(at, indent, f"duplicate key `{key}`")
            if value and value[0] != "#":
                result[key], at = self.scalar(value, at, indent)
            else:
                result[key], at = self.nested(at + 1, indent)
        return result, at

    def sequence(self, at: int, indent: int) -> tuple[list[Any], int]:
        lines = self.lines
        prefix = " " * indent + "- "
        inner = indent + 2
        result: list[Any] = []
        while True:
            line = lines[at]
            if not line.startswith(prefix) or len(line) == inner:
                if line[: inner + 1].rstrip() != prefix.rstrip():
                    break
                value, at = self.nested(at + 1, indent + 1)
            elif (text := _TEXT.fullmatch(line, inner)) and self.ends(at, indent, text[0]):
                value, at = text[0], at + 1
            elif self.is_collection(line, inner):
                mappings, at = self.pairs(at, indent) or self.mappings(at, indent)
                if mappings:
                    result += mappings
                    continue
                # Seen without its dash, the item is an ordinary block that starts here.
                rest = line[inner:]
                depth = inner + len(rest) - len(rest.lstrip(" "))
                lines[at] = " " * depth + line[depth:]
                value, at = self.block(at, depth)
            else:
                value, at = self.scalar(line[inner:], at, indent)
            result.append(value)
        return result, at

    def pairs(self, at: int, indent: int) -> tuple[list[dict[str, Any]], int] | None:
        """Read the items from line `at` on that are pairs, if there are any."""
        found = _pairs(indent).match(self.kept, self.starts[at] + at)
        if not found:
            return None
        pairs = _PAIR.findall(found[0])
        is_text = CONSTANTS.keys().isdisjoint(value for _, value in pairs)
        result = [{key: value if is_text else plain(value)} for key, value in pairs]
        return result, at + len(pairs)

    def mappings(self, at: int, indent: int) -> tuple[list[dict[str, Any]], int]:
        """Read the items from line `at` on that are mappings with entries as most are.

        There are none if the first entry is not such a one.
        """
        match, text = _entry(indent).match, self.kept
        inner = indent + 2
        bullet = "\n" + " " * inner + "- "
        result: list[dict[str, Any]] = []
        while found := match(text, self.starts[at] + at):
            mark, key, value, items, inline, _ = found.groups()
            if mark == "- ":
                current: dict[str, Any] = {}
                result.append(current)
            if key in current:
                raise self.failure(at, inner, f"duplicate key `{key}`")
            if value is not None:
                is_text = value not in CONSTANTS and not value.isdigit()
                current[key], at = value if is_text else plain(value), at + 1
            elif items is not None:
                texts = items[len(bullet) :].split(bullet)
                is_text = CONSTANTS.keys().isdisjoint(texts)
                current[key] = texts if is_text else [plain(text) for text in texts]
                at += 1 + len(texts)
            elif inline is not None:
                current[key], at = self.scalar(inline, at, inner)
            else:
                current[key], at = self.nested(at + 1, inner)
        if result:
            _, at = self.mapping(at, inner, current)
        return result, at

    def ends(self, at: int, indent: int, value: str) -> bool:
        """Tell whether an item at `indent` ends with its line, and its plain value is a text."""
        return not self.lines[at + 1].startswith(" ", indent) and value not in CONSTANTS

    def is_collection(self, line: str, at: int) -> bool:
        """Tell whether an item holds a block of its own rather than a scalar."""
        start = line[at]
        if start in ("'", '"'):
            end = quoted_end(line[at:])
            return end > 0 and line.startswith(":", at + end)
        if start in "[{":
            return False
        return ": " in line or line[-1] == ":" or line.startswith("- ", at) or start == " "

    def nested(self, at: int, indent: int) -> tuple[Any, int]:
        """Read what follows a key or dash that ends its line."""
        line = self.lines[at]
        depth = len(line) - len(line.lstrip(" "))
        if depth > indent or (depth == indent and line.startswith("- ", indent)):
            if line[depth] in ("'", '"') and not self.is_collection(line, depth):
                return self.scalar(line[depth:], at, indent)
            return self.block(at, depth)
        return None, at

    def scalar(self, value: str, at: int, indent: int) -> tuple[Any, int]:
        """Read the value that starts on line `at`, below a key or dash at `indent`."""
        following = self.lines[at + 1]
        if value[0] in SPECIAL_STARTS:
            return self.special(value, at, indent)
        if following[: indent + 1].isspace() and following[indent:].startswith(" "):
            return self.folded(value, at, indent)
        if " #" in value or value[-1] == " " or value[0] == " ":
            value = without_comment(value)
        if value.isdigit() or value in CONSTANTS or value[0] == "-":
            return plain(value), at + 1
        if ": " in value:
            raise self.failure(at, indent, "a plain value may not hold `: `")
        return value, at + 1

    def folded(self, value: str, at: int, indent: int) -> tuple[Any, int]:
        """Join a plain scalar with its continuation lines, which stand deeper than its key."""
        words = [without_comment(value)]
        at += 1
        while self.lines[at].startswith(" " * (indent + 1)):
            if ": " in self.lines[at] or self.lines[at].endswith(":"):
                raise self.failure(at, indent, "this line is indented too deeply")
            words.append(without_comment(self.lines[at]))
            at += 1
        return " ".join(words), at

    def special(self, value: str, at: int, indent: int) -> tuple[Any, int]:
        start = len(self.lines[at]) - len(value)
        try:
            if value[0] in "'\"":
                return self.quoted(value, at, indent)
            if value[0] in "[{":
                return flow(value), at + 1
        except ScalarError as error:
            raise self.failure(at, start + error.offset, str(error)) from None
        header = _BLOCK_SCALAR.match(value)
        if header:
            return self.literal(header, at, indent)
        raise self.failure(at, start, f"a plain value may not start with `{value[0]}`")

    def quoted(self, value: str, at: int, indent: int) -> tuple[str, int]:
        first = at
        column = len(self.lines[at]) - len(value)
        end = quoted_end(value)
        if end < 0:
            value, at = self.joined(value, at, indent)
            end = quoted_end(value)
        if end < 0:
            raise self.failure(first, column, "a quoted scalar is not closed")
        rest = value[end:].strip()
        if rest and not rest.startswith("#"):
            raise self.failure(at, indent, "unexpected text after a quoted scalar")
        return unquote(value[:end]), at + 1

    def joined(self, value: str, at: int, indent: int) -> tuple[str, int]:
        """Join a quoted scalar with its following lines, up to the one that closes it.

        Each line is looked at once: neither an escape nor a doubled quote goes over its end.
        """
        closes, parts = _CLOSES[value[0]], [value.rstrip()]
        while self.lines[at + 1].startswith(" " * (indent + 1)):
            at += 1
            parts.append(self.lines[at].strip())
            if closes.match(parts[-1]):
                break
        return " ".join(parts), at

    def literal(self, header: re.Match[str], at: int, indent: int) -> tuple[str, int]:
        """Read a block scalar from the source itself, where blank lines and `#` are content."""
        style, before, chomp, after = header.groups()
        row = self.numbers[at]
        body: list[str] = []
        while row < len(self.source) and (
            not self.source[row].strip() or self.source[row].startswith(" " * (indent + 1))
        ):
            body.append(self.source[row].rstrip("\r"))
            row += 1
        explicit = before or after
        first = next((line for line in body if line.strip()), "")
        depth = indent + int(explicit) if explicit else len(first) - len(first.lstrip(" "))
        content = [line[depth:] for line in body]
        while at < len(self.lines) - 1 and self.numbers[at] <= row:
            at += 1
        return _chomped("\n".join(content), style, chomp), at

    def odd_key(self, line: str, at: int, indent: int) -> tuple[str, str]:
        """Read a line whose key is quoted; anything else strange about a key is an error."""
        rest = line[indent:]
        end = quoted_end(rest) if rest[0] in "'\"" else -1
        after = rest[end:].lstrip()
        if end < 0 or not after.startswith(":"):
            deep = rest[0] == " "
            detail = "this line is indented too deeply" if deep else "expected `key: value`"
            raise self.failure(at, indent, detail)
        return unquote(rest[:end]), after[1:].strip()

    def failure(self, at: int, column: int, detail: str) -> LockFileError:
        line = self.numbers[min(at, len(self.numbers) - 1)] if self.numbers else 1
        return damaged(detail, self.file, line, column + 1, text=self.text)


def _chomped(content: str, style: str, chomp: str) -> str:
    """Apply the indicators of a block scalar: `>` folds lines, `-` and `+` judge its end."""
    body = content.rstrip("\n")
    trailing = len(content) - len(body)
    if style == ">":
        body = _FOLDED_BREAK.sub(" ", body)
    if chomp == "+":
        return body + "\n" * (trailing + 1)
    return body + "\n" if body and not chomp else body
