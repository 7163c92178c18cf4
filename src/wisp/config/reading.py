"""From the text of one configuration file to checked values, unknown keys set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from wisp.config.keys import (
    ALIASES,
    DEPRECATED,
    NAMED_TABLES,
    OF_OTHERS,
    SHARED,
    SHORT_FORMS,
    TABLES,
    reader_of,
)
from wisp.errors import ConfigError, Place
from wisp.foreign import toml_data
from wisp.specs.controls import KeyPath
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: In a longer file no line is looked for.
_MOST_LINES = 1000

if TYPE_CHECKING:
    Values = Mapping[KeyPath, Any]


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file: its values by path, and what the user should hear about it.

    `spelled` gives the keys under which a value is written there, `faults` are known keys with a
    value that they cannot have: these count for nothing, all others do.
    """

    values: Values = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    spelled: Mapping[KeyPath, KeyPath] = field(default_factory=dict)
    faults: tuple[ConfigError, ...] = ()


def parse(text: str, file: Path, *, shared: bool = False) -> ConfigFile:
    """Read the text of a file; one that is `shared` by all tools has only what all know.

    Raises:
        ConfigError: It is no TOML.

    """
    values: dict[KeyPath, Any] = {}
    spelled: dict[KeyPath, KeyPath] = {}
    unknown: list[str] = []
    warnings: list[str] = []
    faults: list[ConfigError] = []
    tables = _tables(text, file)
    if shared:
        unknown += [key for key in tables if key not in SHARED]
        tables = {key: tables[key] for key in tables if key in SHARED - OF_OTHERS}
    for written, path, value in _leaves(tables):
        if written[0] in DEPRECATED:
            warnings.append(f"`{written[0]}` in {file} is deprecated, use `{'.'.join(path)}`")
        reader = reader_of(path)
        if reader is None and path[0] in TABLES and len(path) == 1:
            place = _place(written, text, file)
            faults.append(ConfigError(f"`{path[0]}` in `{file}` has to be a table", place=place))
        elif reader is None:
            unknown.append(".".join(written))
        else:
            try:
                values[path] = reader(value)
                spelled[path] = written
            except ValueError as error:
                faults.append(
                    ConfigError(
                        f"`{'.'.join(written)}` in `{file}` has a wrong value",
                        causes=[str(error)],
                        place=_place(written, text, file),
                    )
                )
    if unknown:
        warnings.append(f"Ignoring '{', '.join(unknown)}' in {file}")
    return ConfigFile(values, tuple(warnings), spelled, tuple(faults))


def _tables(text: str, file: Path) -> dict[str, Any]:
    import tomli

    try:
        return toml_data(text.removeprefix("\ufeff"))
    except tomli.TOMLDecodeError as error:
        place = Place(str(file), error.lineno, error.colno, text=text)
        raise ConfigError(f"failed to parse `{file}`", causes=[error.msg], place=place) from error
    except (RecursionError, ValueError) as error:
        raise ConfigError(f"failed to parse `{file}`", causes=[str(error)]) from error


def _place(path: KeyPath, text: str, file: Path) -> Place:
    """Find the line of a value: the first with which the text above it begins to have the key.

    What is above each line is asked of the parser, so that no second one has to know TOML.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if len(lines) > _MOST_LINES:
        return Place(str(file))
    first = 0
    for count in range(1, len(lines) + 1):
        try:
            data = toml_data("\n".join(lines[:count]) + "\n")
        except ValueError:  # a value over several lines has begun
            continue
        if _has(data, path):
            break
        first = count
    line = lines[first]
    indent = len(line) - len(line.lstrip())
    length = max(1, len(line.strip()))
    return Place(str(file), first + 1, indent + 1, length=length, text=text)


def _has(data: Any, path: KeyPath) -> bool:
    for key in path:
        if not isinstance(data, Mapping) or key not in data:
            return False
        data = data[key]
    return True


def _leaves(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, KeyPath, Any]]:
    """Walk to the values: as written, under their right name, and the value itself."""
    for key, value in data.items():
        short = None if isinstance(value, Mapping) else SHORT_FORMS.get(key)
        name = tuple((short or ALIASES.get(key, key)).split("."))
        if name[0] in TABLES and len(name) == 1 and isinstance(value, Mapping):
            for inner, item in value.items():
                yield from _inner((key, inner), (name[0], inner), item)
        else:
            yield (key,), name, value


def _inner(written: KeyPath, path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, KeyPath, Any]]:
    if path[0] in NAMED_TABLES and isinstance(value, Mapping):
        for key, item in value.items():
            yield (*written, key), (*path, key), item
    else:
        yield written, path, value
