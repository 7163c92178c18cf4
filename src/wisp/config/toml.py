"""Values of a configuration as TOML text: scalars first, then tables, long lists line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from wisp.config.keys import KEYS, NAMED_TABLES
from wisp.patterns import pattern
from wisp.printable import toml_string
from wisp.specs.controls import KeyPath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.config.reading import Values

_BARE = pattern(r"[A-Za-z0-9_-]+")
_ORDER = {tuple(key.split(".")): position for position, key in enumerate(KEYS)}
_TABLES = [*dict.fromkeys(key.partition(".")[0] for key in (*KEYS, *NAMED_TABLES))]


def nested(values: Values) -> dict[str, Any]:
    """Turn values by path into tables in tables, in the order of the known keys."""
    tree: dict[str, Any] = {}
    for path in sorted(values, key=_position):
        table = tree
        for name in path[:-1]:
            table = table.setdefault(name, {})
        table[path[-1]] = values[path]
    return tree


def _position(path: KeyPath) -> tuple[int, int, KeyPath]:
    return _TABLES.index(path[0]), _ORDER.get(path, len(_ORDER)), path


def dump(values: Values) -> str:
    """Write values as a TOML document; empty without values."""
    return "\n".join(_document(nested(values), ()))


def _document(table: Mapping[str, Any], path: KeyPath) -> Iterable[str]:
    """Yield the blocks of a table: its own lines, then each table inside."""
    rows = {key: value for key, value in table.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    if rows or (path and not tables):
        header = f"[{'.'.join(map(_key, path))}]\n" if path else ""
        yield header + "".join(f"{_key(key)} = {_value(value)}\n" for key, value in rows.items())
    for key, value in tables.items():
        yield from _document(value, (*path, key))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        items = [_value(item) for item in value]
        if len(items) < 2:
            return f"[{', '.join(items)}]"
        return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    return str(value)


def _string(text: str) -> str:
    """Quote a string; a literal one saves escapes where quotes or backslashes occur."""
    plain = "'" not in text and not re.search(r"[\x00-\x1f\x7f]", text)
    if ('"' in text or "\\" in text) and plain:
        return f"'{text}'"
    return toml_string(text)
