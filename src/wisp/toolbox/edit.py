"""Edits of `pixi-global.toml`: what is not touched keeps its bytes.

Tables of an environment are written inline, in the spacing that Pixi gives them: an inline table
that gets a new key is spaced anew, one that loses its last key loses the blank before the brace.
"""

from __future__ import annotations

from collections.abc import Sequence

from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.edit.literals import Data, literal
from wisp.manifest.edit.text import TomlText
from wisp.manifest.syntax import Value
from wisp.specs.controls import KeyPath
from wisp.toolbox.manifest import VERSION, ToolEnvironment

_ENVIRONMENTS = "envs"


def put_environment(toml: TomlText, environment: ToolEnvironment) -> TomlText:
    """Declare an environment that is new: its channels, and its platform where it has one."""
    if not toml.data:
        toml = TomlText(f"version = {VERSION}\n{toml.text}")
    table = (_ENVIRONMENTS, environment.name)
    toml = toml.set((*table, "channels"), [_channel(entry) for entry in environment.channels])
    return toml if environment.platform is None else put_platform(toml, environment)


def put_platform(toml: TomlText, environment: ToolEnvironment) -> TomlText:
    """Write the platform of an environment."""
    return toml.set((_ENVIRONMENTS, environment.name, "platform"), environment.platform or "")


def put_dependency(toml: TomlText, environment: str, name: str, spec: Data) -> TomlText:
    """Write what is asked of a package."""
    return _put(toml, (_ENVIRONMENTS, environment, "dependencies"), name, spec)


def put_pypi(toml: TomlText, environment: str, name: str, spec: Data) -> TomlText:
    """Write what is asked of a package of PyPI."""
    return _put(toml, (_ENVIRONMENTS, environment, "pypi-dependencies"), name, spec)


def put_exposed(toml: TomlText, environment: str, name: str, executable: str) -> TomlText:
    """Write which executable a name starts."""
    return _put(toml, (_ENVIRONMENTS, environment, "exposed"), name, executable)


def remove_dependency(toml: TomlText, environment: str, name: str) -> TomlText:
    """Take a package away, which has to be there."""
    return _remove(toml, (_ENVIRONMENTS, environment, "dependencies", name))


def remove_exposed(toml: TomlText, environment: str, name: str) -> TomlText:
    """Take an exposed name away, which has to be there."""
    return _remove(toml, (_ENVIRONMENTS, environment, "exposed", name))


def put_shortcuts(toml: TomlText, environment: str, packages: Sequence[str]) -> TomlText:
    """Write which packages have their menu entries installed; none takes the key away."""
    path = (_ENVIRONMENTS, environment, "shortcuts")
    if packages:
        return toml.set(path, list(packages))
    return toml if toml.get(path) is None else toml.remove(path)


def remove_environment(toml: TomlText, name: str) -> TomlText:
    """Take an environment away, which has to be there."""
    return toml.remove((_ENVIRONMENTS, name))


def _channel(entry: ChannelEntry) -> Data:
    if entry.priority is None and entry.exclude_newer is None:
        return entry.channel
    fields = {"priority": entry.priority, "exclude-newer": entry.exclude_newer}
    return {"channel": entry.channel} | {k: v for k, v in fields.items() if v is not None}


def _put(toml: TomlText, table: KeyPath, name: str, data: Data) -> TomlText:
    if toml.get(table) is None:
        return toml.set(table, {name: data})
    is_new = toml.get((*table, name)) is None
    toml = toml.set((*table, name), data)
    value = _inline(toml, table)
    if value is None or not is_new or "#" in toml.text[value.start : value.end]:
        return toml
    return _replaced(toml, value, _spaced(toml, value))


def _spaced(toml: TomlText, table: Value) -> str:
    """Write an inline table again, its keys and values as they are."""
    pairs = []
    for entry in table.entries:
        key = toml.text[entry.start : entry.name.end].strip()
        pairs.append(f"{key} = {toml.text[entry.value.start : entry.value.end]}")
    return f"{{ {', '.join(pairs)} }}" if pairs else literal({})


def _remove(toml: TomlText, path: KeyPath) -> TomlText:
    value = _inline(toml, path[:-1])
    was_last = value is not None and value.entries[-1].key == path[-1:]
    toml = toml.remove(path)
    value = _inline(toml, path[:-1])
    if value is None or not value.entries or not was_last:
        return toml
    written = toml.text[value.start : value.entries[-1].value.end] + "}"
    return _replaced(toml, value, written)


def _inline(toml: TomlText, path: KeyPath) -> Value | None:
    """Find an inline table that stands in a `[table]`."""
    for section in toml.sections:
        for entry in section.entries:
            if (*section.path, *entry.key) == path and entry.value.kind == "inline":
                return entry.value
    return None


def _replaced(toml: TomlText, value: Value, written: str) -> TomlText:
    return TomlText(toml.text[: value.start] + written + toml.text[value.end :])
