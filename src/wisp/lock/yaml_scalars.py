"""Scalars and flow collections of YAML: what one piece of text on a line means.

Plain scalars become None, bool or int where they read as such; everything else stays text, floats
too, for no field of a lock is a float. A number with a leading zero or of more than 19 digits is
text as well: it is a hash that somebody forgot to quote.
"""

from __future__ import annotations

import re
import sys

from wisp.patterns import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Plain scalars that are not text.
CONSTANTS: dict[str, Any] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "[]": [],
    "{}": {},
}

#: First characters that make a scalar more than plain text on one line.
SPECIAL_STARTS = frozenset("'\"[]{}&*!|>%@`,#")

_LONGEST_INTEGER = 19
_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_ESCAPE = pattern(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
#: Possessive: a doubled quote is never taken for the end of a scalar that goes on below.
_QUOTED = pattern(r"'(?:[^']|'')*+'|\"(?:[^\"\\]|\\.)*+\"")
_FLOW_PLAIN = pattern(r"[^\s,\[\]{}'\"#&*!|>%@`](?:[^,\[\]{}:#]|:(?![\s,\[\]{}])|(?<!\s)#)*")


class ScalarError(ValueError):
    """A piece of text is not a YAML value; `offset` is where in it the trouble starts."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


def plain(text: str) -> Any:
    """Return the value of a plain scalar without surrounding blanks and comments."""
    if text in CONSTANTS:
        value = CONSTANTS[text]
        return value if value is None or isinstance(value, bool) else type(value)()
    digits = text[1:] if text[0] == "-" else text
    is_integer = digits.isdigit() and digits.isascii() and len(digits) <= _LONGEST_INTEGER
    if is_integer and (digits[0] != "0" or digits == "0"):
        return int(text)
    return text


def without_comment(text: str) -> str:
    """Drop a trailing comment and blanks from a plain scalar."""
    at = text.find(" #")
    return (text[:at] if at >= 0 else text).strip()


def quoted_end(text: str) -> int:
    """Return where the quoted scalar at the start of `text` ends, -1 if it is still open."""
    match = _QUOTED.match(text)
    return match.end() if match else -1


def unquote(text: str) -> str:
    """Return the content of a whole quoted scalar."""
    body = text[1:-1]
    return body.replace("''", "'") if text[0] == "'" else _ESCAPE.sub(_unescape, body)


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "xuU" and len(code) > 1:
        number = int(code[1:], 16)
        if number > sys.maxunicode or 0xD800 <= number <= 0xDFFF:
            raise ScalarError(f"\\{code} is no character", match.start())
        return chr(number)
    if code not in _ESCAPES:
        raise ScalarError(f"unknown escape character {code!r} in a quoted scalar", match.start())
    return _ESCAPES[code]


def flow(text: str) -> Any:
    """Read a flow collection (`[a, b]`, `{k: v}`), followed by nothing but a comment."""
    value, end = _flow_value(text, 0)
    rest = text[end:].strip()
    if rest and not rest.startswith("#"):
        raise ScalarError("unexpected text after a flow collection", end)
    return value


def _flow_value(text: str, at: int) -> tuple[Any, int]:
    at = _skip(text, at)
    start = text[at : at + 1]
    if start == "[":
        return _flow_sequence(text, at + 1)
    if start == "{":
        return _flow_mapping(text, at + 1)
    if start in ("'", '"') and start:
        end = quoted_end(text[at:])
        if end < 0:
            raise ScalarError("a quoted scalar is not closed", at)
        return unquote(text[at : at + end]), at + end
    match = _FLOW_PLAIN.match(text, at)
    if not match:
        raise ScalarError("expected a value in a flow collection", at)
    return plain(match.group().strip()), match.end()


def _flow_sequence(text: str, at: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    while text[(at := _skip(text, at)) : at + 1] != "]":
        value, at = _flow_value(text, at)
        items.append(value)
        at = _after_comma(text, at, "]")
    return items, at + 1


def _flow_mapping(text: str, at: int) -> tuple[dict[str, Any], int]:
    items: dict[str, Any] = {}
    while text[(at := _skip(text, at)) : at + 1] != "}":
        key, at = _flow_value(text, at)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise ScalarError("expected `:` in a flow mapping", at)
        items[str(key)], at = _flow_value(text, at + 1)
        at = _after_comma(text, at, "}")
    return items, at + 1


def _after_comma(text: str, at: int, closing: str) -> int:
    at = _skip(text, at)
    found = text[at : at + 1]
    if found == ",":
        return at + 1
    if found != closing:
        raise ScalarError(f"expected `,` or `{closing}` in a flow collection", at)
    return at


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at
