"""Typed reading of TOML tables that remembers where it is.

A `Table` hands out its values by kind and at the end refuses keys nobody asked for. Every
failure carries the full path of keys, so that the text can be marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from wisp.compat import CompatLevel, preferred
from wisp.manifest.faults import Fault, ValuePath, did_you_mean
from wisp.specs.similarity import closest
from wisp.specs.versions import VersionSyntaxError, normalize_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from wisp.manifest.model import Despite

    T = TypeVar("T")
    Word = TypeVar("Word", bound=str)


class Notes:
    """What readers need to know of the whole manifest, and the warnings they leave behind.

    `pool` is that of `[workspace.dependencies]`, as plain data; `despite` names what is
    no reason to refuse the manifest. `wish` is the level that was asked for, `level` the one
    that the manifest allows. `place_of` words where a table begins, if that is known.
    """

    __slots__ = ("despite", "level", "place_of", "pool", "preview", "root", "warnings", "wish")

    def __init__(
        self,
        root: Path,
        *,
        despite: Despite = None,
        wish: CompatLevel | None = None,
        place_of: Callable[[ValuePath], str] = lambda _path: "",
    ) -> None:
        self.root = root
        self.place_of = place_of
        self.despite = despite
        self.wish = wish
        self.level = preferred(wish)
        self.preview: tuple[str, ...] = ()
        self.warnings: list[str] = []
        self.pool: Mapping[str, Any] = {}

    @property
    def builds(self) -> bool:
        """Whether source packages are switched on."""
        return "pixi-build" in self.preview or self.despite == "preview"


_KINDS: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a floating point",
    dict: "a table",
    list: "an array",
}


def kind_of(value: object) -> str:
    """Name the TOML kind of a value, with its article."""
    return _KINDS.get(type(value), "a date or time")


def wrong_kind(expected: str, value: object, path: ValuePath) -> Fault:
    """Return the fault of a value that is not of the expected kind."""
    bare = isinstance(value, bool | int | float) and "a string" in expected
    mend = in_quotes if bare else None
    if isinstance(value, str) and expected == "an array":
        mend = _in_brackets
    return Fault(f"expected {expected}, found {kind_of(value)}", path, mend=mend)


def _in_brackets(written: str) -> str:
    return f'write it in brackets: ["{written}"]'


def in_quotes(written: str) -> str:
    """Word the hint that a value needs quotes."""
    return f'write it in quotes: "{written}"'


def wrong_version(value: object, path: ValuePath) -> Fault:
    """Return the fault of a requirement that is neither a string nor a table."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Fault(
        f"expected a string or a table, found {kind_of(value)}",
        path,
        mend=_version_in_quotes if is_number else None,
    )


def _version_in_quotes(written: str) -> str:
    return f'versions are strings: write "{written}.*", or "=={written}" for exactly that one'


def as_text(value: object, path: ValuePath) -> str:
    """Take a value as a string."""
    if not isinstance(value, str):
        raise wrong_kind("a string", value, path)
    return value


def as_flag(value: object, path: ValuePath) -> bool:
    """Take a value as a boolean."""
    if not isinstance(value, bool):
        raise wrong_kind("a boolean", value, path)
    return value


def as_integer(value: object, path: ValuePath) -> int:
    """Take a value as an integer."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_kind("an integer", value, path)
    return value


def as_version(value: object, path: ValuePath) -> str:
    """Take a value as a conda version."""
    try:
        return normalize_version(as_text(value, path))
    except VersionSyntaxError as error:
        raise Fault(str(error), path) from None


def as_array(value: object, path: ValuePath) -> list[Any]:
    """Take a value as an array."""
    if not isinstance(value, list):
        raise wrong_kind("an array", value, path)
    return value


def as_texts(value: object, path: ValuePath) -> tuple[str, ...]:
    """Take a value as an array of strings."""
    return tuple(as_text(item, (*path, index)) for index, item in enumerate(as_array(value, path)))


def as_text_map(value: object, path: ValuePath) -> dict[str, str]:
    """Take a value as a table of strings."""
    if not isinstance(value, dict):
        raise wrong_kind("a table", value, path)
    return {name: as_text(item, (*path, name)) for name, item in value.items()}


def choice(value: object, path: ValuePath, choices: tuple[Word, ...]) -> Word:
    """Take a value as one of some words."""
    text = as_text(value, path)
    for word in choices:
        if word == text:
            return word
    expected = ", ".join(f"'{word}'" for word in choices)
    raise Fault(f"Expected one of {expected}", path, hints=did_you_mean(text, choices))


class Table:
    """A TOML table that knows its path and which of its keys were read."""

    __slots__ = ("data", "known", "notes", "path")

    def __init__(self, data: object, path: ValuePath, notes: Notes) -> None:
        if not isinstance(data, dict):
            raise wrong_kind("a table", data, path)
        self.data: dict[str, Any] = data
        self.path = path
        self.notes = notes
        self.known: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def raw(self, key: str) -> Any:
        """Return the plain value of a key, or None; the key counts as read."""
        self.known[key] = None
        return self.data.get(key)

    def read(self, key: str, reader: Callable[[Any, ValuePath], T]) -> T | None:
        """Read the value of a key if it is there."""
        value = self.raw(key)
        return None if value is None else reader(value, (*self.path, key))

    def text(self, key: str) -> str | None:
        """Return a string, or None."""
        return self.read(key, as_text)

    def required_text(self, key: str) -> str:
        """Return a string that must be there."""
        return as_text(self.required(key), (*self.path, key))

    def required(self, key: str) -> Any:
        """Return a value that must be there."""
        value = self.raw(key)
        if value is None:
            raise self.missing(key)
        return value

    def missing(self, key: str, mend: str = "") -> Fault:
        """Return the fault of a key that must be there, marked at one that may stand for it.

        `mend` says how to write it where nothing stands for it.
        """
        near = closest(key, self.data.keys() - self.known.keys())
        if not near:
            return Fault(f"missing field '{key}'", self.path, hints=(mend,) if mend else ())
        hint = f"did you mean '{key}' where it says '{near[0]}'?"
        path = (*self.path, near[0])
        return Fault(f"missing field '{key}'", path, mark="key", hints=(hint,))

    def flag(self, key: str) -> bool | None:
        """Return a boolean, or None."""
        return self.read(key, as_flag)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return an array of strings, or None."""
        return self.read(key, as_texts)

    def choice(self, key: str, choices: tuple[Word, ...]) -> Word | None:
        """Return one of some words, or None."""
        return self.read(key, lambda value, path: choice(value, path, choices))

    def table(self, key: str) -> Table | None:
        """Return a table, or None."""
        return self.read(key, lambda value, path: Table(value, path, self.notes))

    def below(self, key: str) -> Table:
        """Return the table of a key, an empty one if it is missing."""
        return self.table(key) or Table({}, (*self.path, key), self.notes)

    def items(self) -> Iterator[tuple[str, Any, ValuePath]]:
        """Go through a table of free names: name, plain value, path."""
        for name, value in self.data.items():
            yield name, value, (*self.path, name)

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Go through a table of tables with free names."""
        for name, value, path in self.items():
            yield name, Table(value, path, self.notes)

    def warn(self, message: str, *, located: bool = False) -> None:
        """Leave a warning for whoever asked to read the manifest; `located` tells the line too."""
        self.notes.warnings.append(message + (self.notes.place_of(self.path) if located else ""))

    def fault(self, message: str, key: str | None = None, hints: tuple[str, ...] = ()) -> Fault:
        """Return a fault of this table or of the value of one of its keys."""
        return Fault(message, self.path if key is None else (*self.path, key), hints=hints)

    def finish(self, *others: str) -> None:
        """Refuse keys that nobody has read; `others` may have been meant by them, too."""
        unknown = [key for key in self.data if key not in self.known]
        if not unknown:
            return
        expected = ", ".join(f"'{key}'" for key in self.known)
        hints = did_you_mean(unknown[0], (*self.known, *others)) if len(unknown) == 1 else ()
        raise Fault(
            f"Unexpected keys, expected only {expected}",
            *[(*self.path, key) for key in unknown],
            mark="key",
            hints=hints,
            label=_unexpected(unknown),
        )


def _unexpected(names: list[str]) -> str:
    verb = "was" if len(names) == 1 else "were"
    return "'" + "', '".join(names) + f"' {verb} not expected here"
