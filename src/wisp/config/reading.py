"""From the text of one configuration file to checked values, unknown keys set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
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
from wisp.foreign import place_of_no_text, toml_data
from wisp.rights import ways_to_read
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
    value that they cannot have: these count for nothing, all others do. `text` is that of `file`.
    """

    values: Values = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    spelled: Mapping[KeyPath, KeyPath] = field(default_factory=dict)
    faults: tuple[ConfigError, ...] = ()
    text: str = ""
    file: Path | None = None

    def place(self, path: KeyPath) -> Place | None:
        """Find the line of a value; None where no file says it."""
        if self.file is None:
            return None
        return _Lines(self.text, self.file).place(self.spelled.get(path, path))


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
    tables, lines = _tables(text, file), _Lines(text, file)
    if shared:
        unknown += [key for key in tables if key not in SHARED]
        tables = {key: tables[key] for key in tables if key in SHARED - OF_OTHERS}
    for written, path, value in _leaves(tables):
        if written[0] in DEPRECATED:
            warnings.append(f"`{written[0]}` in {file} is deprecated, use `{'.'.join(path)}`")
        reader = reader_of(path)
        if reader is None and path[0] in TABLES and len(path) == 1:
            place = lines.place(written)
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
                        place=lines.place(written),
                    )
                )
    if unknown:
        warnings.append(f"Ignoring '{', '.join(unknown)}' in {file}")
    return ConfigFile(values, tuple(warnings), spelled, tuple(faults), text, file)


def unreadable(file: Path, error: OSError | UnicodeDecodeError, so: str = "") -> ConfigError:
    """Word that a file cannot be read, and what helps; `so` is what comes of that."""
    if isinstance(error, UnicodeDecodeError):
        return ConfigError(
            f"failed to read `{file}`{so}",
            causes=["it is not UTF-8 text"],
            place=place_of_no_text(error, file),
        )
    causes, hints = [error.strerror or str(error)], ways_to_read(file, error)
    return ConfigError(f"failed to read `{file}`{so}", causes=causes, hints=hints)


def _tables(text: str, file: Path) -> dict[str, Any]:
    import tomli

    try:
        return toml_data(text.removeprefix("\ufeff"))
    except tomli.TOMLDecodeError as error:
        place = Place(str(file), error.lineno, error.colno, text=text)
        raise ConfigError(f"failed to parse `{file}`", causes=[error.msg], place=place) from error
    except (RecursionError, ValueError) as error:
        raise ConfigError(f"failed to parse `{file}`", causes=[str(error)]) from error


class _Lines:
    """A text of which the parser is asked where a value stands, so that no second one knows TOML.

    What is above a line is parsed once, whatever number of values is looked for.
    """

    def __init__(self, text: str, file: Path) -> None:
        self._text, self._file = text, str(file)
        self._lines = text.removeprefix("\ufeff").splitlines()
        self._above = cache(self._parsed)

    def place(self, path: KeyPath) -> Place:
        """Find the line of a value: the first with which the text begins to have its key."""
        if len(self._lines) > _MOST_LINES:
            return Place(self._file)
        number = self._last_without(path)
        line = self._lines[number]
        indent = len(line) - len(line.lstrip())
        length = max(1, len(line.strip()))
        return Place(self._file, number + 1, indent + 1, length=length, text=self._text)

    def _last_without(self, path: KeyPath) -> int:
        """Return the largest number of lines that can be parsed and do not have a key yet."""
        low, high = 0, len(self._lines)
        while high - low > 1:
            middle = (low + high) // 2
            numbers = (*range(middle, low, -1), *range(middle + 1, high))
            number = next((one for one in numbers if self._above(one) is not None), None)
            if number is None:
                break
            low, high = (low, number) if _has(self._above(number), path) else (number, high)
        return low

    def _parsed(self, count: int) -> dict[str, Any] | None:
        try:
            return toml_data("\n".join(self._lines[:count]) + "\n")
        except ValueError:  # a value over several lines has begun
            return None


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
