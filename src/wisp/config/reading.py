"""From the text of one configuration file to checked values, unknown keys set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wisp.config.keys import ALIASES, DEPRECATED, NAMED_TABLES, TABLES, reader_of
from wisp.errors import ConfigError, Place
from wisp.values import dataclass, field

#: Where a value stands: `("shell", "change-ps1")`, `("s3-options", "bucket", "region")`.
KeyPath = tuple[str, ...]
Values = Mapping[KeyPath, Any]


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file: its values by path, and what the user should hear about it."""

    values: Values = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def parse(text: str, file: Path) -> ConfigFile:
    """Read the text of a file.

    Raises:
        ConfigError: It is no TOML, or a known key has a value that it cannot have.

    """
    import tomli

    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        place = Place(str(file), error.lineno, error.colno, text=text)
        raise ConfigError(f"failed to parse `{file}`", causes=[error.msg], place=place) from error
    values: dict[KeyPath, Any] = {}
    unknown: list[str] = []
    warnings: list[str] = []
    for written, path, value in _leaves(data):
        if written[0] in DEPRECATED:
            warnings.append(f"`{written[0]}` in {file} is deprecated, use `{'.'.join(path)}`")
        reader = reader_of(path)
        if reader is None and path[0] in TABLES and len(path) == 1:
            raise ConfigError(f"`{path[0]}` in `{file}` has to be a table")
        if reader is None:
            unknown.append(".".join(written))
            continue
        try:
            values[path] = reader(value)
        except ValueError as error:
            key = ".".join(written)
            raise ConfigError(
                f"`{key}` in `{file}` has a wrong value", causes=[str(error)]
            ) from error
    if unknown:
        warnings.append(f"Ignoring '{', '.join(unknown)}' in {file}")
    return ConfigFile(values, tuple(warnings))


def _leaves(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, KeyPath, Any]]:
    """Walk to the values: as written, under their right name, and the value itself."""
    for key, value in data.items():
        name = tuple(ALIASES.get(key, key).split("."))
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
