"""JSON of the fast lane, written without the time that importing `json` takes."""

from __future__ import annotations

from wisp.printable import printable_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def block(opening: str, members: Sequence[str], closing: str) -> str:
    """Write an object or array of the second level, as `json` indents it."""
    if not members:
        return opening + closing
    return opening + "\n    " + ",\n    ".join(members) + f"\n  {closing}"


def quoted(text: str) -> str:
    """Write a JSON string."""
    escapes = {chr(code): f"\\u{code:04x}" for code in range(0x20)}
    escapes |= {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
    escapes |= {'"': '\\"', "\\": "\\\\"}
    return printable_json('"' + "".join(escapes.get(char, char) for char in text) + '"')
