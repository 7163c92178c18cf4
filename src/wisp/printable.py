"""Text of strangers made fit to be shown: no terminal obeys it, and no eye is deceived.

Control characters, and those that turn the direction of writing, are shown as escapes. Only the
built-ins are used here: every command, the fastest too, shows text.
"""

from __future__ import annotations

_KEPT = "\n\t"
_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
#: So much of a line's front and end is told, and so many lines of a kind: a stranger's file could
#: flood a terminal.
_FRONT, _END, _MOST_TOLD = 4_000, 1_000, 200


class _Escapes(dict[int, str]):
    """What stands for a character; for halves of characters, which no stream takes, their number.

    Halves that stand for a byte are one when they are written, and the stream turns them back.
    """

    def __missing__(self, code: int) -> str:
        if 0xD800 <= code < 0xDC80 or 0xDD00 <= code < 0xE000:
            return f"\\u{code:04x}"
        raise LookupError(code)


_ESCAPES = _Escapes(
    (code, repr(chr(code))[1:-1] if code < 0xA0 else f"\\u{code:04x}")
    for code in (*range(0x20), *range(0x7F, 0xA0), *_TURNING)
    if chr(code) not in _KEPT
)
#: All that is painted with here. Any other code may hide: black on black, blinking, the hidden.
_PAINT = r"(\x1b\[(?:[012]|(?:1;)?3[1-6])m)"
#: What JSON may hold as it is, although a terminal obeys it.
_IN_JSON = _Escapes((code, f"\\u{code:04x}") for code in _ESCAPES if code >= 0x7F)
#: JSON has no place for a byte that is no text.
_IN_JSON |= dict.fromkeys(range(0xDC80, 0xDD00), "\ufffd")


def printable(text: str, *, coloured: bool = False) -> str:
    """Return a text with such characters escaped; line breaks and tabs stay.

    The codes that we paint with stay where they are wanted (`coloured`), and no other.
    """
    if text.isprintable():
        return text
    if not coloured or "\x1b" not in text:
        return text.translate(_ESCAPES)
    import re

    pieces = re.split(_PAINT, text)
    return "".join(
        piece if index % 2 else piece.translate(_ESCAPES) for index, piece in enumerate(pieces)
    )


def in_measure(text: str) -> str:
    """Shorten lines without measure, which may hold a foreign text, to their front and end."""
    if len(text) <= _FRONT + _END:
        return text
    return "\n".join(map(_bounded, text.split("\n")))


def _bounded(line: str) -> str:
    left_out = len(line) - _FRONT - _END
    if left_out <= 0:
        return line
    return f"{line[:_FRONT]}… ({left_out:,} characters are left out) …{line[-_END:]}"


def few(lines: list[str]) -> list[str]:
    """Return the first of many lines, and how many more there are."""
    more = len(lines) - _MOST_TOLD
    return [*lines[:_MOST_TOLD], f"and {more} more"] if more > 0 else lines


def is_obeyed(sign: str) -> bool:
    """Tell whether a character is one that a terminal obeys, or that turns the direction."""
    return ord(sign) in _ESCAPES


def printable_json(text: str) -> str:
    """Return a JSON text that says the same, with escapes for what a terminal would obey."""
    return text if text.isascii() and "\x7f" not in text else text.translate(_IN_JSON)


#: What a basic string of TOML spells. JSON's quoting is another one: it leaves DEL as it is, or
#: spells what has a number above 0xffff in two halves, which TOML refuses.
_IN_TOML = {code: f"\\u{code:04x}" for code in (*range(0x20), 0x7F)}
_IN_TOML |= {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def has_halves(text: str) -> bool:
    """Tell whether a text has halves of characters, or bytes that are none: no file takes it."""
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)


def toml_string(text: str) -> str:
    """Write a basic string of TOML, which cannot have what `has_halves` finds."""
    return f'"{text.translate(_IN_TOML)}"'


def typed(word: object) -> str:
    """Write a path or name as a word of a command that a hint tells to type, in a POSIX shell."""
    text = str(word)
    if text and all(letter.isalnum() or letter in "_-./:@%+=," for letter in text):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"
