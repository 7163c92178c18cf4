"""Plain data as the YAML that lock files are written in.

Block style, two spaces, dashes in the column of their key; scalars plain where that is legal and
reads back as text, else in single quotes. Which texts need quotes is decided as libyaml and
serde do, so that bytes agree with those of other tools.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache

from wisp.patterns import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INDICATORS = frozenset(",[]{}#&*!|>'\"%@`")
_NOT_TEXT = frozenset(
    word for text in ("null", "true", "false") for word in (text, text.title(), text.upper())
) | {"~"}
_NUMBER_START = frozenset("0123456789+-.")
_INTEGER = pattern(r"[-+]?(?:[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+)")
_FLOAT = pattern(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = pattern(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
#: What libyaml does not print as it is (to name what it prints would take 7 ms to compile); a block
#: scalar may hold line ends.
_NEVER_PRINTED = "\\x0b-\\x1f\\x7f-\\x9f\ud800-\udfff\ufeff\ufffe\uffff"
_UNPRINTABLE = pattern(f"[\\x00-\\x0a{_NEVER_PRINTED}]")
_UNPRINTABLE_IN_BLOCK = pattern(f"[\\x00-\\x09{_NEVER_PRINTED}]")
_ESCAPES = {
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
}


def dump(document: Mapping[str, Any]) -> str:
    """Write a document of mappings, sequences, texts, integers, booleans and None.

    No sequence may stand directly in another; no lock has that.
    """
    lines: list[str] = []
    _mapping(document, "", "", lines)
    return "\n".join(lines) + "\n"


def _mapping(value: Mapping[str, Any], first: str, indent: str, lines: list[str]) -> None:
    """Append the lines of a mapping; the first one starts with `first` (`indent` or a dash)."""
    for key, item in value.items():
        _entry(f"{first}{scalar(key)}:", item, indent, lines)
        first = indent


def _entry(head: str, value: Any, indent: str, lines: list[str]) -> None:
    if isinstance(value, str):
        lines.append(f"{head} {_literal(value, indent) if chr(10) in value else scalar(value)}")
    elif isinstance(value, Mapping) and value:
        lines.append(head)
        _mapping(value, indent + "  ", indent + "  ", lines)
    elif isinstance(value, (list, tuple)) and value:
        lines.append(head)
        _sequence(value, indent, lines)
    else:
        lines.append(f"{head} {_simple(value)}")


def _sequence(values: Sequence[Any], indent: str, lines: list[str]) -> None:
    head = indent + "-"
    for value in values:
        if isinstance(value, Mapping) and value:
            _mapping(value, head + " ", indent + "  ", lines)
        else:
            _entry(head, value, indent, lines)


def _simple(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    return str(value)


@cache
def scalar(text: str) -> str:
    """Spell a text of one line: plain, in single quotes, or escaped in double quotes."""
    if not text.isprintable() and _UNPRINTABLE.search(text):
        return '"' + _UNPRINTABLE.sub(_escape, re.sub(r'["\\]', r"\\\g<0>", text)) + '"'
    if _may_be_plain(text) and not _reads_as_other(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _may_be_plain(text: str) -> bool:
    if not text or text[0] in _INDICATORS or text[0] == " " or text[-1] in " :":
        return False
    if text[0] in "-?:" and text[1:2] in ("", " "):
        return False
    return not (": " in text or " #" in text or text.startswith(("---", "...")))


def _reads_as_other(text: str) -> bool:
    """Tell whether a plain scalar would be read as null, a boolean or a number."""
    if text in _NOT_TEXT:
        return True
    if text[0] not in _NUMBER_START:
        return False
    if _INTEGER.fullmatch(text) or _SPECIAL_FLOAT.fullmatch(text):
        return True
    return bool(_FLOAT.fullmatch(text)) and math.isfinite(float(text))


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _literal(text: str, indent: str) -> str:
    """Spell a text of several lines as a block scalar below `indent`."""
    if _UNPRINTABLE_IN_BLOCK.search(text) or not text.strip("\n"):
        return '"' + _UNPRINTABLE.sub(_escape, re.sub(r'["\\]', r"\\\g<0>", text)) + '"'
    body = text.rstrip("\n")
    trailing = len(text) - len(body)
    chomp = "-" if trailing == 0 else "" if trailing == 1 else "+"
    hint = "2" if text[0] in " \n" else ""
    deeper = indent + "  "
    rows = [deeper + row if row else "" for row in body.split("\n")]
    rows += [""] * max(trailing - 1, 0)
    return "\n".join([f"|{hint}{chomp}", *rows])
