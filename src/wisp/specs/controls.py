"""Control characters in what names something: found in plain data, wherever it was read (pure).

In a name, a version, an address, a path or a key nobody needs them, and in the files, arguments and
terminals that such a text is written to they mean something else.
"""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Where a value stands in a document: keys of tables, and positions in arrays.
ValuePath = tuple[str | int, ...]
#: The same where there are tables only: `("shell", "change-ps1")`.
KeyPath = tuple[str, ...]
#: Keys of records whose values are texts for people, which may have line breaks.
PROSE = frozenset({"license", "license_family", "description", "summary"})


def has_control(text: str) -> bool:
    """Tell whether a text has a control character, line breaks and tabs included."""
    return not text.isprintable() and any(sign < " " or "\x7f" <= sign < "\xa0" for sign in text)


def _has_controls(data: Any) -> bool:
    """Tell whether any key or text has one, without making the paths that nearly nobody asks."""
    pending = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            if not value.isprintable() and has_control(value):
                return True
        elif isinstance(value, dict):
            pending += value
            pending += value.values()
        elif isinstance(value, list | tuple):
            pending += value
    return False


def find_control(data: Any, is_free: Callable[[ValuePath], bool]) -> ValuePath | None:
    """Return the path to the first key or text with a control character; None without one.

    What is at a path that `is_free`, and below it, may have them, but for its keys.
    """
    if not _has_controls(data):
        return None
    pending: list[tuple[ValuePath, Any]] = [((), data)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, str):
            if has_control(value) and not is_free(path):
                return path
        elif isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(key, str) and has_control(key):
                    return (*path, key)
                pending.append(((*path, key), inner))
        elif isinstance(value, list | tuple):
            pending.extend(((*path, index), inner) for index, inner in enumerate(value))
    return None
