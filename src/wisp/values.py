"""Frozen dataclasses at a quarter of what the standard decorator costs.

A command imports a hundred classes of values and makes instances of a few. For each of them the
standard decorator compiles six methods; here all share five, and the last, `__init__`, is
compiled for the first instance. For readers and type checkers the decorator is the standard one.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # this is its name here
else:

    def dataclass(*, frozen, slots=False, kw_only=False):
        """Make a class of values, which may only be a frozen one."""
        assert frozen

        def decorate(cls):
            own = frozenset(vars(cls))
            assert own.isdisjoint(("__init__", "__post_init__")), "values are only given"
            made = dataclasses.dataclass(
                init=False, repr=False, eq=False, slots=slots, kw_only=kw_only
            )(cls)
            for name, method in _SHARED.items():
                if name not in own:
                    setattr(made, name, method)
            # Without fields to compare, classes are.
            compared = [one.name for one in fields(made) if one.compare]
            made._compared_by = attrgetter(*compared) if compared else type
            made.__init__ = _compiled_when_called(made)
            return made

        return decorate


def _compiled_when_called(cls: type) -> Callable[..., None]:
    def compile_and_call(self: Any, *args: Any, **values: Any) -> None:
        compiled = _compiled(cls)
        cls.__init__ = compiled  # type: ignore[misc]
        compiled(self, *args, **values)

    return compile_and_call


def _compiled(cls: Any) -> Callable[..., None]:
    """Compile the `__init__` that the standard decorator would make."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    positional: list[str] = ["self"]
    named: list[str] = []
    lines: list[str] = []
    for field in fields(cls):
        name, parameter, value = field.name, field.name, field.name
        if field.default is not MISSING:
            known[f"_{name}"] = field.default
            parameter = f"{name}=_{name}"
        elif field.default_factory is not MISSING:
            known[f"_{name}"] = field.default_factory
            parameter = f"{name}=_missing"
            value = f"_{name}() if {name} is _missing else {name}"
        (named if field.kw_only else positional).append(parameter)
        lines.append(f"    _set(self, {name!r}, {value})")
    stars = ["*"] if named else []
    head = f"def __init__({', '.join([*positional, *stars, *named])}):"
    exec("\n".join([head, *(lines or ["    pass"])]), known)
    made: Callable[..., None] = known["__init__"]
    return made


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return bool(self._compared_by(self) == self._compared_by(other))


def _hash(self: Any) -> int:
    return hash(self._compared_by(self))


def _repr(self: Any) -> str:
    shown = [f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _setattr(_self: Any, name: str, _: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(_self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _setstate(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


_SHARED = {
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
}
