"""Python values as TOML text, spelled as Pixi spells what it writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from wisp.patterns import pattern

Scalar = str | bool | int
Data = Scalar | Sequence["Data"] | Mapping[str, "Data"]

_BARE_KEY = pattern(r"[A-Za-z0-9_-]+")
_CONTROL = pattern(r"[\x00-\x08\x0b-\x1f\x7f]")
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"'}


def literal(value: Data) -> str:
    """Write a value on one line: strings, booleans, integers, lists, inline tables."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key(name)} = {literal(item)}" for name, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return f"[{', '.join(literal(item) for item in value)}]"


def string(text: str) -> str:
    """Write a text with as few escapes as possible: `"…"`, then `'…'`, then the long forms."""
    control = _CONTROL.search(text)
    if not control and not re.search(r'["\\\n]', text):
        return f'"{text}"'
    if not control and not re.search(r"['\n]", text):
        return f"'{text}'"
    opening = "\n" if "\n" in text else ""
    if not control and "\\" not in text and '"""' not in text:
        return f'"""{opening}{text}"""'
    if not control and "'''" not in text:
        return f"'''{opening}{text}'''"
    return _basic(text)


def key(name: str) -> str:
    """Write one part of a key, quoted only where it must be."""
    if _BARE_KEY.fullmatch(name):
        return name
    # Long strings are no keys, so what needs one is escaped.
    spelled = string(name)
    return _basic(name) if spelled.startswith(('"""', "'''")) else spelled


def dotted(path: Sequence[str]) -> str:
    """Write a path as the dotted key of a header or an entry."""
    return ".".join(map(key, path))


def _basic(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char == "\\":
        return "\\\\"
    if char in _ESCAPES:
        return _ESCAPES[char]
    return f"\\u{ord(char):04X}" if char < " " or char == "\x7f" else char
