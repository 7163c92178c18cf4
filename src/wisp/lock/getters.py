"""Values of a lock's tables, each of the kind that its key has to have.

What is wrong says by which keys it is reached: each layer that takes a value out of another adds
its own, so that the reader finds the line once something has failed, and only then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wisp.patterns import pattern
from wisp.specs.heavy import all_bearable, excess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self, TypeVar

    T = TypeVar("T")
    Key = str | int

_HEX = pattern(r"[0-9a-fA-F]*")
#: Hex digits of a digest.
_SHA256, MD5 = 64, 32
#: No number of a lock takes more than 64 bits, and dates have a sign.
_SIZES, DATES = range(2**64), range(-(2**63), 2**63)
_NO_TABLE: Mapping[str, Any] = {}
#: How much of a wrong value is shown.
_SHOWN = 60


class EntryError(ValueError):
    """A lock lacks something or has the wrong shape; `path` has the keys that lead there."""

    def __init__(self, message: str, *path: Key) -> None:
        super().__init__(message)
        self.path = path

    def below(self, *keys: Key) -> Self:
        """Tell in what the place lies, seen from a layer further out."""
        self.path = (*keys, *self.path)
        return self


#: What reading a value of another shape than expected may raise.
MISSHAPEN = (AttributeError, KeyError, TypeError, ValueError)


def misshapen(error: Exception) -> EntryError:
    """Return a failure as that of an entry."""
    return (
        error
        if isinstance(error, EntryError)
        else EntryError(f"it has another shape than expected ({error})")
    )


def wrong(value: Any, expected: str, *path: Key) -> EntryError:
    """Return the failure of a value that is of another kind."""
    shown = str(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return EntryError(f"{shown or 'nothing'} stands where {expected} is expected", *path)


def optional_text(table: Mapping[str, Any], key: str, default: str | None = None) -> str | None:
    """Return a text, `default` where there is none."""
    value = table.get(key)
    if value.__class__ is str:
        return value
    if value is None:
        return default
    raise wrong(value, "a text", key)


def required_text(table: Mapping[str, Any], key: str) -> str:
    """Return a text that has to be there."""
    found = optional_text(table, key)
    if found is None:
        raise EntryError(f"missing field `{key}`", key)
    return found


def texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of texts, empty where there is none."""
    value = table.get(key)
    if value is None:
        return ()
    if value.__class__ is list:
        try:
            "".join(value)  # which nothing but texts can be
        except TypeError:
            at = next(at for at, item in enumerate(value) if not isinstance(item, str))
            raise wrong(value[at], "a text", key, at) from None
        return tuple(value)
    raise wrong(value, "a list of texts", key)


def specs(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of match specs."""
    found = texts(table, key)
    if not all_bearable(found):
        for at, one in enumerate(found):
            if (too_much := excess(one)) is not None:
                raise EntryError(f"a requirement {too_much}", key, at)
    return found


def digest(table: Mapping[str, Any], key: str, size: int = _SHA256) -> str | None:
    """Return a digest of so many hex digits: one without any would count as no digest."""
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, str) and len(value) == size and _HEX.fullmatch(value):
        return value
    raise wrong(value, "a hash", key)


def number(table: Mapping[str, Any], key: str, within: range = _SIZES) -> int | None:
    """Return a whole number, None where there is none."""
    value = table.get(key)
    if value is None:
        return None
    if value.__class__ is int and value in within:
        return value
    raise wrong(value, "a number", key)


def table_of(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a table, empty where there is none."""
    value = table.get(key)
    if value.__class__ is dict:
        return value
    if value is None or value == []:  # as Pixi's reader takes a list for a table
        return _NO_TABLE
    raise wrong(value, "a table", key)


def items(table: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list of whatever it may hold, empty where there is none."""
    value = table.get(key)
    if value.__class__ is list:
        return value
    if value is None or value == {}:
        return []
    raise wrong(value, "a list", key)


def require_table(value: Any) -> Mapping[str, Any]:
    """Return a value that has to be a table."""
    if not isinstance(value, dict):
        raise wrong(value, "a table")
    return value


def each(table: Mapping[str, Any], key: str, read: Callable[[Any], T]) -> tuple[T, ...]:
    """Read the items of a list; what fails says which one it was."""
    found = items(table, key)
    try:
        return tuple(map(read, found))
    except MISSHAPEN:
        for at, item in enumerate(found):
            try:
                read(item)
            except MISSHAPEN as error:
                raise misshapen(error).below(key, at) from None
        raise


def selectors(table: Mapping[str, Any], key: str) -> tuple[tuple[str, str], ...]:
    """Read a list of one-key maps as pairs of kind and identifier."""
    return tuple(_selector(item, key, at) for at, item in enumerate(items(table, key)))


def _selector(item: Any, key: str, at: int) -> tuple[str, str]:
    if isinstance(item, dict):
        for kind, name in item.items():
            if isinstance(name, str):
                return kind, name
            break
    raise wrong(item, "the kind and the location of a package", key, at)
