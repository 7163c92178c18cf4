"""Classes of values, at a small part of what the standard `dataclasses` cost.

A command imports some hundred classes of values and makes instances of a few. For each of them the
standard decorator compiles six methods; here all share five, and the last, `__init__`, is
compiled when there are several instances. To import the standard module alone costs half of what
Python needs to start. For readers and type checkers the names are the standard ones, and the
standard functions (`dataclasses.fields`, `asdict`, …) know these classes too.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # this is its name here
    from dataclasses import field as field
    from dataclasses import fields as fields
    from dataclasses import replace as replace
    from typing import Any
else:

    def dataclass(*, frozen=False, slots=False, kw_only=False):  # noqa: ARG001
        """Make a class of values; annotations have to be texts, as the future import makes them.

        `slots` are for type checkers, which then know all attributes. To have them at run time a
        class is made twice, a twentieth of a first look; and a lock of 3 MB is read no quicker.
        """

        def decorate(cls):
            own = frozenset(cls.__dict__)
            assert own.isdisjoint(("__init__", "__post_init__")), "values are only given"
            every = (*_inherited(cls), *_declared(cls, kw_only))
            every = tuple({one.name: one for one in every}.values())
            cls._value_fields = every
            cls.__dataclass_fields__ = _STANDARD
            cls.__match_args__ = tuple(one.name for one in every if not one.kw_only)
            for name, method in (_SHARED | _FROZEN if frozen else _SHARED).items():
                if name not in own:
                    setattr(cls, name, method)
            if not frozen and "__hash__" not in own:
                cls.__hash__ = None
            # Without fields to compare, classes are.
            compared = [one.name for one in every if one.compare]
            cls._compared_by = attrgetter(*compared) if compared else type
            cls.__init__ = _compiled_when_called(cls)
            return cls

        return decorate

    def field(*, default=..., default_factory=..., compare=True, repr=True):  # noqa: A002
        """Describe a field beyond its type; `...` stands for what is not given."""
        return _Field(default, default_factory, compare, repr)

    def fields(value):
        """Return the fields of a class of values, or of an instance: each has `name` and `type`."""
        return value._value_fields

    def replace(value, **changes):
        """Make a value like another, apart from some fields."""
        for one in value._value_fields:
            if one.name not in changes:
                changes[one.name] = getattr(value, one.name)
        return type(value)(**changes)


class _Field:
    """A field of a class of values, under the names that the standard gives its parts."""

    __slots__ = ("compare", "default", "default_factory", "kw_only", "name", "repr", "type")

    def __init__(self, default: Any, default_factory: Any, compare: bool, repr: bool) -> None:  # noqa: A002
        self.name = self.type = ""
        self.kw_only = False
        self.default = default
        self.default_factory = default_factory
        self.compare = compare
        self.repr = repr


class _Standard:
    """The fields in the standard's own form, made when somebody asks."""

    def __get__(self, value: object, cls: Any) -> dict[str, Any]:
        import dataclasses

        made: dict[str, Any] = {}
        for one in cls._value_fields:
            given = {
                name: getattr(one, name)
                for name in ("default", "default_factory")
                if getattr(one, name) is not ...
            }
            made[one.name] = dataclasses.field(compare=one.compare, repr=one.repr, **given)
            made[one.name].name = one.name
            made[one.name].type = one.type
            made[one.name].kw_only = one.kw_only
            made[one.name]._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
        return made


_STANDARD = _Standard()
#: So many instances of a class are made before a method for that: to compile one takes 0.1 ms, and
#: most classes have one or two instances.
_UNCOMPILED = 2
#: More items, or characters, than these of one field are not shown.
_FEW, _LONG = 20, 120


def _inherited(cls: type) -> list[_Field]:
    bases = reversed(cls.__mro__[1:])
    return [one for base in bases for one in base.__dict__.get("_value_fields", ())]


def _declared(cls: type, kw_only: bool) -> list[_Field]:
    """Return the fields of a class body, and leave their defaults behind as class attributes."""
    found: list[_Field] = []
    for name, kind in cls.__annotations__.items():
        if kind.startswith("ClassVar"):
            continue
        default = cls.__dict__.get(name, ...)
        one = default if isinstance(default, _Field) else _Field(default, ..., True, True)
        one.name, one.type, one.kw_only = name, kind, kw_only
        if one.default is not ...:
            setattr(cls, name, one.default)
        elif one is default:
            delattr(cls, name)
        found.append(one)
    return found


def _compiled_when_called(cls: type) -> Callable[..., None]:
    """Make an `__init__` that fills a few instances itself, and then has one compiled."""
    left = _UNCOMPILED

    def fill_or_compile(self: Any, *args: Any, **values: Any) -> None:
        nonlocal left
        left -= 1
        if left >= 0 and _filled(self, cls, args, values):
            return
        compiled = _compiled(cls)
        cls.__init__ = compiled  # type: ignore[misc]
        compiled(self, *args, **values)

    return fill_or_compile


def _filled(self: Any, cls: Any, args: tuple[Any, ...], values: dict[str, Any]) -> bool:
    """Set all fields; tell whether the arguments are right, which the compiled one tells better."""
    given = dict(zip(cls.__match_args__, args, strict=False))
    if len(given) < len(args) or given.keys() & values.keys():
        return False
    given |= values
    for one in cls._value_fields:
        if one.name in given:
            value = given.pop(one.name)
        elif one.default is not ...:
            value = one.default
        elif one.default_factory is not ...:
            value = one.default_factory()
        else:
            return False
        object.__setattr__(self, one.name, value)
    return not given


def _compiled(cls: Any) -> Callable[..., None]:
    """Compile the `__init__` that the standard decorator would make."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": ...}
    positional: list[str] = ["self"]
    named: list[str] = []
    lines: list[str] = []
    for one in cls._value_fields:
        name, parameter, value = one.name, one.name, one.name
        if one.default is not ...:
            known[f"_{name}"] = one.default
            parameter = f"{name}=_{name}"
        elif one.default_factory is not ...:
            known[f"_{name}"] = one.default_factory
            parameter = f"{name}=_missing"
            value = f"_{name}() if {name} is _missing else {name}"
        (named if one.kw_only else positional).append(parameter)
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
    shown = [
        f"{one.name}={short(getattr(self, one.name))}" for one in self._value_fields if one.repr
    ]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def short(value: Any) -> str:
    """Return the repr of a part of a value: of what is large its kind, and how much it holds.

    So the repr of a result fits a terminal, though it may hold a manifest and a lock.
    """
    if isinstance(value, dict | list | tuple | set | frozenset) and len(value) > _FEW:
        return f"<{type(value).__name__} of {len(value)}>"
    text = repr(value)
    if len(text) <= _LONG:
        return text
    if isinstance(value, str):
        return f"<text of {len(value)} characters>"
    if isinstance(value, dict | list | tuple | set | frozenset):
        return f"<{type(value).__name__} of {len(value)}>"
    return f"<{type(value).__qualname__}>"


def _setattr(_self: Any, name: str, _: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(_self: Any, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in self._value_fields]


def _setstate(self: Any, state: list[Any]) -> None:
    for one, value in zip(self._value_fields, state, strict=True):
        object.__setattr__(self, one.name, value)


_SHARED = {
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
}
_FROZEN = {"__setattr__": _setattr, "__delattr__": _delattr}
