"""`when`: the condition under which a conda requirement counts, as text of a match spec."""

from __future__ import annotations

from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_array
from wisp.patterns import pattern
from wisp.specs.versions import VersionSyntaxError, parse_version_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SIMPLE = pattern(r"\s*(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(?P<version>[<>=!~0-9*(].*)?")
_FIELDS = (
    "build",
    "build-number",
    "subdir",
    "md5",
    "sha256",
    "license",
)


def read_condition(table: Table) -> str | None:
    """Read the key `when` of a requirement; the result joins `and`, `or` and match specs."""
    return table.read("when", lambda value, path: _condition(value, path, table))


def _condition(value: Any, path: ValuePath, table: Table) -> str:
    if isinstance(value, str):
        return _simple(value, path)
    if isinstance(value, list):
        raise Fault("a list of conditions must say 'all' or 'any'", path)
    inner = Table(value, path, table.notes)
    for word, joint in (("all", " and "), ("any", " or ")):
        if word in inner:
            text = _several(inner, word, joint)
            inner.finish()
            return text
    return _detailed(inner)


def _several(table: Table, word: str, joint: str) -> str:
    path = (*table.path, word)
    items = as_array(table.raw(word), path)
    if not items:
        raise table.fault(f"'{word}' needs at least one condition", word)
    parts = [_condition(item, (*path, index), table) for index, item in enumerate(items)]
    return "(" + joint.join(parts) + ")" if len(parts) > 1 else parts[0]


def _simple(text: str, path: ValuePath) -> str:
    match = _SIMPLE.fullmatch(text)
    if match is None:
        raise Fault(
            f"'{text}' is not a valid condition, only a name and a version may be given",
            path,
            hints=("Use a table for more: when = { package = …, version = …, build = … }",),
        )
    name = match["name"].lower()
    if not match["version"]:
        return name
    return f"{name} {_version(match['version'].strip(), path)}"


def _version(text: str, path: ValuePath) -> str:
    try:
        return parse_version_spec(text).text
    except VersionSyntaxError as error:
        raise Fault(str(error), path) from None


def _detailed(table: Table) -> str:
    name = table.required_text("package").lower()
    version = table.read("version", lambda value, path: _version(str(value), path))
    others = [(key, table.text(key)) for key in _FIELDS]
    table.finish()
    brackets = ",".join(
        f'{key.replace("-", "_")}="{value}"' for key, value in others if value is not None
    )
    return name + (f" {version}" if version else "") + (f"[{brackets}]" if brackets else "")
