"""JSON, TOML and numbers of others, to plain data: whatever is wrong is one kind of failure.

The readers of Python tell of bad syntax by one exception, of nesting without measure and of numbers
with thousands of digits by others. Here all of them are a `ValueError`, which every caller words
with the file and the place it comes from.
"""

from __future__ import annotations

from wisp.errors import Place
from wisp.patterns import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any


#: Longer than Python reads a number.
_LONG_NUMBER = pattern(r"[0-9a-fA-F_]{4300}")
_CONFLICT_START = pattern(r"(?m)^<{7}(?:[ \t].*)?\r?$")


#: No count of anything has more digits, and Python reads no number of thousands of them.
_MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """Return the number that a text of digits is; None for any other, and for one without measure.

    What Python calls a digit it may not read as one (`²`).
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None


def conflict_marker(text: str) -> int | None:
    """Return where the first mark of a merge conflict stands, if there is one."""
    found = _CONFLICT_START.search(text)
    return None if found is None else found.start()


def place_of(error: Exception, file: str | os.PathLike[str]) -> Place | None:
    """Return the place at which a file is no text, no JSON or no TOML, as its reader has told.

    Its line is not shown, since what was not meant to be read here may be a secret.
    """
    if isinstance(error, UnicodeDecodeError):
        return place_of_no_text(error, file)
    line = getattr(error, "lineno", None)
    return None if line is None else Place(str(file), line, getattr(error, "colno", 1))


def place_of_no_text(error: UnicodeDecodeError, file: str | os.PathLike[str]) -> Place:
    """Return the place of the byte at which a file is no text; its line is not shown."""
    before = error.object[: error.start].decode(error.encoding, "replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Place(str(file), line, column)


def json_data(content: str | bytes) -> Any:
    """Read a JSON text; bytes may be in any of its encodings. Raises `ValueError`."""
    import json

    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("values are nested too deeply") from None


def json_object(content: str | bytes) -> dict[str, Any]:
    """Read a JSON text that holds an object. Raises `ValueError`."""
    found = json_data(content)
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def why_unfit(error: Exception) -> str:
    """Word why data is not what it was taken for, without the words that Python has for that."""
    if isinstance(error, KeyError):
        return f"`{error.args[0]}` is missing"
    if isinstance(error, (TypeError, AttributeError)):
        return "a value is of another kind than belongs there"
    return str(error)


def toml_data(text: str) -> dict[str, Any]:
    """Read a TOML 1.1 text. Raises `tomli.TOMLDecodeError`, a `ValueError`, with its place."""
    import tomli

    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        marker = conflict_marker(text)
        if marker is None:
            raise
        raise tomli.TOMLDecodeError(
            "The file holds marks of a merge conflict", text, marker
        ) from None
    except RecursionError:
        raise tomli.TOMLDecodeError("Values are nested too deeply", text, 0) from None
    except ValueError:  # Python reads no number of thousands of digits
        number = _LONG_NUMBER.search(text)
        at = number.start() if number else 0
        raise tomli.TOMLDecodeError("A number is too long", text, at) from None
