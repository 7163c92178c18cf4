"""What a pattern of tasks (`inputs`, `outputs`) means: a regular expression over relative paths.

`*`, `?` and `[…]` stay inside a component, `**` goes over any number of them, and `{a,b}` means
each of its names. What lies between two wildcards is taken where it fits first, and never elsewhere
again: to try all places for each would take time without measure.
"""

from __future__ import annotations

from wisp.errors import TaskError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: The characters that the braces of one component may mean: `{a,b}` thirty times over has no end.
_LARGEST = 200_000
#: A wildcard among the expressions of a component.
_ANY = "\0"


def translated(text: str) -> str:
    """Write a pattern as a regular expression over a whole relative path.

    Raises `TaskError` for one that is none, or that would take time without measure.
    """
    groups: list[list[str]] = [[]]
    for part in text.split("/"):
        if part != "**":
            groups[-1].append(_component(part))
        elif groups[-1] or len(groups) == 1:
            groups.append([])
    first, *later = groups
    if not later:
        return "/".join(first)
    *between, last = later
    begun = "".join(f"{part}/" for part in first)
    held = "".join(f"(?>(?:.+?/)??{'/'.join(group)}/)" for group in between)
    return begun + held + ("(?:.+/)?" + "/".join(last) if last else ".+")


def _component(part: str) -> str:
    """Write one component: `*`, `?`, `[…]` and `{a,b}` stay inside it."""
    written = "|".join(map(_written, _alternatives(part)))
    return f"(?>(?:{written})(?![^/]))"


def _written(text: str) -> str:
    """Write what is between the wildcards of a component, each run where it fits first."""
    first, *later = text.split(_ANY)
    if not later:
        return first
    *between, last = later
    return first + "".join(f"(?>[^/]*?{run})" for run in between) + "[^/]*" + last


def _alternatives(part: str) -> list[str]:
    """Spell the braces of a component out; one that is not closed makes all of them plain.

    Raises `TaskError` where that has no measure.
    """
    tokens = list(_tokens(part))
    outside: list[tuple[list[str], list[str]]] = []
    spelled = [""]
    for token in tokens:
        if token == "{":
            outside.append((spelled, []))
            spelled = [""]
        elif token == "," and outside:
            outside[-1][1].extend(spelled)
            spelled = [""]
        elif token == "}" and outside:
            before, others = outside.pop()
            spelled = [one + other for one in before for other in (*others, *spelled)]
        else:
            spelled = [one + token for one in spelled]
        if len(spelled) * len(part) > _LARGEST:
            raise TaskError(f"the braces of a pattern mean too many names: `{part[:60]}`")
    return (
        ["".join(f"\\{sign}" if sign in "{}" else sign for sign in tokens)] if outside else spelled
    )


def _tokens(part: str) -> Iterator[str]:
    """Yield a component in expressions for a character each, braces and commas as they are."""
    index = 0
    while index < len(part):
        char = part[index]
        negated = part[index + 1 : index + 2] in ("!", "^")
        close = part.find("]", index + 2 + negated) if char == "[" else -1
        if close > 0:
            yield _class(part[index + 1 + negated : close], negated=negated)
            index = close
        elif char in "{,}":
            yield char
        else:
            yield {"*": _ANY, "?": "[^/]"}.get(char) or _sign(char)
        index += 1


def _class(inside: str, *, negated: bool) -> str:
    """Write the characters of `[…]`; a `-` at either end is one of them.

    Raises `TaskError` for a range that ends before it begins.
    """
    ranges: list[tuple[str, str]] = []
    is_end = False
    for place, char in enumerate(inside):
        if is_end:
            ranges[-1] = (ranges[-1][0], char)
            is_end = False
        elif char == "-" and 0 < place < len(inside) - 1:
            is_end = True
        else:
            ranges.append((char, char))
    if any(first > last for first, last in ranges):
        raise TaskError(f"`[{inside[:60]}]` of a pattern is no class of characters")
    written = "".join(f"{_sign(first)}-{_sign(last)}" for first, last in ranges)
    return f"(?!/)[{'^' if negated else ''}{written}]"


def _sign(char: str) -> str:
    """Write a character, of which none may be taken for a wildcard."""
    import re

    return re.escape(char).replace(_ANY, r"\x00")
