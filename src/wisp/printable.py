"""Text of strangers made fit to be shown: no terminal obeys it, and no eye is deceived.

Control characters, and those that turn the direction of writing, are shown as escapes. Only the
built-ins are used here: every command, the fastest too, shows text.
"""

from __future__ import annotations

_KEPT = "\n\t"
_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ESCAPES = {
    code: repr(chr(code))[1:-1] if code < 0xA0 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), *_TURNING)
    if chr(code) not in _KEPT
}
#: All that is painted with here. Any other code may hide: black on black, blinking, the hidden.
_PAINT = r"(\x1b\[(?:[012]|(?:1;)?3[1-6])m)"
#: What JSON may hold as it is, although a terminal obeys it.
_IN_JSON = {code: f"\\u{code:04x}" for code in _ESCAPES if code >= 0x7F}
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


def is_obeyed(sign: str) -> bool:
    """Tell whether a character is one that a terminal obeys, or that turns the direction."""
    return ord(sign) in _ESCAPES


def printable_json(text: str) -> str:
    """Return a JSON text that says the same, with escapes for what a terminal would obey."""
    return text if text.isascii() and "\x7f" not in text else text.translate(_IN_JSON)


def typed(word: object) -> str:
    """Write a path or name as a word of a command that a hint tells to type, in a POSIX shell."""
    text = str(word)
    if text and all(letter.isalnum() or letter in "_-./:@%+=," for letter in text):
        return text
    return "'" + text.replace("'", "'\"'\"'") + "'"
