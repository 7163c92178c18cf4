"""Alternatives in braces: `{a,b}`, `{1..5}`, `{a..e}`."""

from __future__ import annotations

from wisp.taskshell.tree import Braces, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wisp.taskshell.source import Source
    from wisp.taskshell.tree import Part


def read_braces(source: Source, read_parts: Callable[[Source, str], list[Part]]) -> Braces | None:
    """Read the alternatives that start at this `{`; None, without moving, if it is literal."""
    start = source.at
    if start in source.no_brace:
        return None
    braces = _read_range(source) or _read_alternatives(source, read_parts)
    if braces is None:
        source.no_brace.add(start)
        source.at = start
    return braces


def alternatives(parts: list[Part]) -> list[list[Part]]:
    """Give each combination of the braces in a word, the rightmost changing fastest."""
    results: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, Braces):
            choices = [found for choice in part.alternatives for found in alternatives(choice)]
            results = [[*result, *choice] for result in results for choice in choices]
        else:
            for result in results:
                result.append(part)
    return results


def _read_alternatives(
    source: Source, read_parts: Callable[[Source, str], list[Part]]
) -> Braces | None:
    found: list[list[Part]] = []
    while not found or source.peek() == ",":
        source.at += 1
        found.append(read_parts(source, ",}"))
    if source.peek() != "}" or len(found) < 2:
        return None
    source.at += 1
    return Braces(found)


def _read_range(source: Source) -> Braces | None:
    end = source.text.find("}", source.at)
    if end < 0:
        return None
    values = _range_values(source.text[source.at + 1 : end].split(".."))
    if not values:
        return None
    source.at = end + 1
    return Braces([[Text(value)] for value in values])


def _range_values(bounds: list[str]) -> list[str]:
    if len(bounds) in (2, 3) and all(_is_integer(bound) for bound in bounds):
        first, last = int(bounds[0]), int(bounds[1])
        step = abs(int(bounds[2])) if len(bounds) == 3 else 1
        return [str(number) for number in _steps(first, last, step)] if step else []
    if len(bounds) == 2 and all(_is_range_character(bound) for bound in bounds):
        return [chr(point) for point in _steps(ord(bounds[0]), ord(bounds[1]), 1)]
    return []


def _is_integer(text: str) -> bool:
    digits = text[1:] if text[:1] in ("-", "+") else text
    return digits.isascii() and digits.isdigit()


def _is_range_character(text: str) -> bool:
    return len(text) == 1 and text not in " \t\r\n'\"\\$`;|&<>(){},"


def _steps(first: int, last: int, step: int) -> range:
    return range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
