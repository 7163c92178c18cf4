"""JSON of other programs as spans of text, so that an edit changes nothing but what it is about.

Comments and commas before a closing bracket, which editors allow in their settings, are read and
kept. `parse` gives the nodes of a text; each edit takes a text and a node of it and gives a new
text.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BLANK = " \t\r\n"
#: Nobody writes settings deeper than that, and the reader calls itself for each level.
_DEEPEST = 200


class JsonError(ValueError):
    """A text is no JSON; `line` and `column` count from 1."""

    def __init__(self, message: str, text: str, at: int) -> None:
        super().__init__(message)
        self.line = text.count("\n", 0, at) + 1
        self.column = at - text.rfind("\n", 0, at)


class Node:
    """A value with its place: `members` of an object by key, `items` of an array, else `value`.

    `start` and `end` are offsets into the text; so is `comma`, behind the last member's comma if
    there is one.
    """

    __slots__ = ("comma", "end", "items", "members", "start", "value")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.value: Any = None
        self.members: dict[str, Node] | None = None
        self.items: list[Node] | None = None
        self.comma: int | None = None

    def data(self) -> Any:
        """Return the value as Python has it."""
        if self.members is not None:
            return {key: one.data() for key, one in self.members.items()}
        return self.value if self.items is None else [one.data() for one in self.items]

    @property
    def parts(self) -> list[Node]:
        """The values of members or items, in their order."""
        return list(self.members.values()) if self.members is not None else self.items or []


def parse(text: str) -> Node:
    """Read a text, blank ones as an empty object. Raises `JsonError`."""
    reader = _Reader(text)
    start = reader.skipped(1 if text.startswith("\ufeff") else 0)
    if start == len(text):
        node = Node(start)
        node.members = {}
        return node
    node = reader.value(start, 0)
    rest = reader.skipped(node.end)
    if rest != len(text):
        raise JsonError("something stands behind the value", text, rest)
    return node


class _Reader:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._decoder = json.JSONDecoder(strict=False)

    def skipped(self, at: int) -> int:
        """Return where blanks and comments end."""
        text = self._text
        while at < len(text):
            if text[at] in _BLANK:
                at += 1
            elif text.startswith("//", at):
                end = text.find("\n", at)
                at = len(text) if end < 0 else end
            elif text.startswith("/*", at):
                end = text.find("*/", at)
                if end < 0:
                    raise JsonError("a comment has no end", text, at)
                at = end + 2
            else:
                break
        return at

    def value(self, at: int, depth: int) -> Node:
        """Read the value that begins at an offset."""
        if depth > _DEEPEST:
            raise JsonError("it is nested too deep", self._text, at)
        opening = self._text[at : at + 1]
        if opening in ("{", "["):
            return self._container(at, depth)
        node = Node(at)
        try:
            node.value, node.end = self._decoder.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            raise JsonError(error.msg, self._text, error.pos) from None
        return node

    def _container(self, start: int, depth: int) -> Node:
        node = Node(start)
        is_object = self._text[start] == "{"
        node.members, node.items = ({}, None) if is_object else (None, [])
        at = self.skipped(start + 1)
        while self._text[at : at + 1] not in ("}", "]"):
            if node.parts and node.comma is None:
                raise JsonError("a comma or a closing bracket is missing", self._text, at)
            at = self._part(node, at, depth)
            node.comma = at + 1 if self._text[at : at + 1] == "," else None
            at = self.skipped(at + (node.comma is not None))
        if self._text[at] != ("}" if is_object else "]"):
            raise JsonError("the bracket closes none", self._text, at)
        node.end = at + 1
        return node

    def _part(self, node: Node, at: int, depth: int) -> int:
        """Read one member or item; return where what follows it stands."""
        if node.items is not None:
            node.items.append(self.value(at, depth + 1))
            return self.skipped(node.items[-1].end)
        key = self.value(at, depth + 1)
        colon = self.skipped(key.end)
        if not isinstance(key.value, str) or self._text[colon : colon + 1] != ":":
            raise JsonError("a key and a colon are missing", self._text, at)
        assert node.members is not None
        value = self.value(self.skipped(colon + 1), depth + 1)
        node.members.pop(key.value, None)  # of equal keys the last one counts
        node.members[key.value] = value
        return self.skipped(value.end)


def replaced(text: str, node: Node, data: Any) -> str:
    """Put another value in place of a node."""
    if node.parts and "\n" not in text[node.start : node.end]:
        new = json.dumps(data, ensure_ascii=False)
    else:
        new = _written(text, data, _indent(text, node.start))
    return text[: node.start] + _broken_as(text, new) + text[node.end :]


def with_member(text: str, node: Node, key: str, data: Any) -> str:
    """Give an object a member: in place of that of the same key, else behind the last."""
    assert node.members is not None
    if key in node.members:
        return replaced(text, node.members[key], data)
    return _appended(text, node, data, f"{json.dumps(key, ensure_ascii=False)}: ")


def with_item(text: str, node: Node, data: Any) -> str:
    """Give an array one more item, behind the last."""
    return _appended(text, node, data, "")


def without_item(text: str, node: Node, index: int) -> str:
    """Take an item out of an array, and its line where nothing else stands there."""
    assert node.items is not None
    reader = _Reader(text)
    start, end = node.items[index].start, node.items[index].end
    comma = reader.skipped(end)
    before = None
    if text[comma] == ",":
        end = comma + 1
    elif index:  # the comma before it would stand behind the last item
        before = reader.skipped(node.items[index - 1].end)
    line, following = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    if following >= 0 and not text[line:start].strip() and not text[end:following].strip():
        start, end = line, following + 1
    elif before is not None:
        start = len(text[:start].rstrip(" \t"))
    else:
        end += len(text[end:]) - len(text[end:].lstrip(" \t"))
    kept = text[:start] if before is None else text[:before] + text[before + 1 : start]
    return kept + text[end:]


def _appended(text: str, node: Node, data: Any, before: str) -> str:
    if not text.strip("\ufeff" + _BLANK):
        step = _step(text)
        return f"{text[: node.start]}{{\n{step}{before}{_written(text, data, step)}\n}}\n"
    if not node.parts:
        return _filled(text, node, data, before)
    last = node.parts[-1]
    at = node.comma or last.end
    comma = "" if node.comma else ","
    if "\n" not in text[node.start : last.start]:
        value = json.dumps(data, ensure_ascii=False)
        return f"{text[:at]}{comma} {before}{value}{text[at:]}"
    # A comment behind the last member stays on its line.
    found = text.find("\n", at, node.end)
    end = found if found >= 0 else at
    end -= text[end - 1 : end] == "\r"
    inner = _indent(text, last.start)
    line = _broken_as(text, f"\n{inner}{before}{_written(text, data, inner)}")
    return text[:at] + comma + text[at:end].rstrip(" \t") + line + text[end:]


def _filled(text: str, node: Node, data: Any, before: str) -> str:
    """Put the first member or item into an empty container."""
    outer = _indent(text, node.start)
    inner = outer + _step(text)
    body = _broken_as(text, f"\n{inner}{before}{_written(text, data, inner)}\n{outer}")
    kept = text[node.start + 1 : node.end - 1].rstrip()
    return f"{text[: node.start + 1]}{kept}{body}{text[node.end - 1 :]}"


def _broken_as(text: str, new: str) -> str:
    return new.replace("\n", "\r\n") if "\r\n" in text else new


def _written(text: str, data: Any, indent: str) -> str:
    """Write a value over lines, indented like the text around it."""
    lines = json.dumps(data, ensure_ascii=False, indent=_step(text)).split("\n")
    return f"\n{indent}".join(lines)


def _indent(text: str, at: int) -> str:
    """Return the blanks that the line of an offset begins with."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start:at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _step(text: str) -> str:
    """Return what the first indented line is indented by; four blanks where there is none."""
    for line in text.splitlines()[1:]:
        blanks = line[: len(line) - len(line.lstrip(" \t"))]
        if blanks and line.strip():
            return blanks
    return "    "
