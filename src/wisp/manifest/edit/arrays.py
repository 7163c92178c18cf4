"""Changes of an array in a text: start and end of what goes, and what comes in its place.

An array on one line grows on that line. One that begins its first element on a line of its own
gets further elements on lines of their own, indented as the first is, and a comma behind each.
"""

from __future__ import annotations

from collections.abc import Sequence

from wisp.manifest.edit.literals import Data, literal
from wisp.manifest.syntax import ArrayItem, Value

Splice = tuple[int, int, str]


def append(text: str, array: Value, data: Data) -> Splice:
    """Add an element behind the last one."""
    written = literal(data)
    if not array.items:
        return _fill(text, array, written)
    last = array.items[-1]
    indent = _indent(text, array)
    if indent is None:
        return last.value.end, last.value.end, f", {written}"
    at = min(_line_end(text, last.end), array.end - 1)
    comma = "" if last.has_comma else ","
    return last.end, at, f"{comma}{text[last.end : at]}{indent}{written},"


def prepend(text: str, array: Value, data: Data) -> Splice:
    """Add an element before the first one."""
    written = literal(data)
    if not array.items:
        return _fill(text, array, written)
    indent = _indent(text, array)
    if indent is None:
        at = array.items[0].value.start
        return at, at, f"{written}, "
    at = _line_end(text, array.start + 1)
    return at, at, f"{indent}{written},"


def replace(_: str, array: Value, index: int, data: Data) -> Splice:
    """Put another element in place of one, in the same spot."""
    value = array.items[index].value
    return value.start, value.end, literal(data)


def remove(text: str, array: Value, index: int) -> Splice:
    """Take an element out, with its comma and, on a line of its own, the whole line."""
    item = array.items[index]
    line = _own_line(text, array, item)
    if len(array.items) == 1 and not (line and _comments_beside(text, array, line)):
        return array.start, array.end, "[]"
    if line is not None:
        return *line, ""
    if index + 1 < len(array.items):
        return item.value.start, array.items[index + 1].value.start, ""
    return array.items[index - 1].value.end, item.value.end, ""


def _own_line(text: str, array: Value, item: ArrayItem) -> tuple[int, int] | None:
    """Return the line of an element, from the line break before it, if it has one of its own."""
    if _indent(text, array) is None:
        return None
    start = text.rindex("\n", 0, item.value.start)
    alone = not text[start : item.value.start].strip()
    return (start, _line_end(text, item.end)) if alone else None


def _comments_beside(text: str, array: Value, line: tuple[int, int]) -> bool:
    start, end = line
    return "#" in text[array.start : start] + text[end : array.end]


def _fill(text: str, array: Value, written: str) -> Splice:
    comments = text[array.start + 1 : array.end - 1].rstrip()
    if not comments:
        return array.start, array.end, f"[{written}]"
    return array.start + 1, array.end - 1, f"{comments}\n    {written},\n"


def _indent(text: str, array: Value) -> str | None:
    """Return line break and indent before the first element, None if it is on the `[` line."""
    before = text[array.start + 1 : array.items[0].value.start]
    return before[before.rindex("\n") :] if "\n" in before else None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def reorder(text: str, array: Value, order: Sequence[int]) -> Splice:
    """Put the elements into another order; commas and line breaks stay where they are."""
    slots = [item.value for item in array.items]
    written = [text[slots[index].start : slots[index].end] for index in order]
    out = text[array.start : slots[0].start]
    for number, slot in enumerate(slots):
        following = slots[number + 1].start if number + 1 < len(slots) else array.end
        out += written[number] + text[slot.end : following]
    return array.start, array.end, out
