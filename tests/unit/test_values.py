"""The decorator makes what the standard one makes."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from wisp.values import dataclass, field, fields, replace


@dataclass(frozen=True, slots=True)
class Point:
    """Two numbers, the second of which need not be given."""

    x: int
    y: int = 2
    note: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return f"({self.x}, {self.y})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """Values by name only, one of them made for each instance."""

    items: list[int] = field(default_factory=list)
    name: str


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing."""


def test_values_are_given_by_place_and_by_name() -> None:
    assert (Point(1).y, Point(1, 3).y, Point(1, y=4).y) == (2, 3, 4)
    assert Bag(name="a").items == []
    assert Bag(name="a").items is not Bag(name="a").items


def test_what_is_missing_or_unknown_is_refused() -> None:
    point: Any = Point
    bag: Any = Bag
    with pytest.raises(TypeError):
        point()
    with pytest.raises(TypeError):
        point(1, z=2)
    with pytest.raises(TypeError):
        bag("a")


def test_equal_fields_make_equal_values_of_one_class() -> None:
    assert Point(1) == Point(1, 2, note="other")
    assert hash(Point(1)) == hash(Point(1, 2, note="other"))
    assert Point(1) != Point(2)
    assert Empty() == Empty()
    other: Any = (1, 2)
    assert Point(1) != other


def test_values_show_their_fields() -> None:
    assert repr(Point(1)) == "Point(x=1, y=2)"
    assert str(Point(1)) == "(1, 2)"


def test_values_do_not_change() -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del point.x


def test_values_can_be_replaced_copied_and_matched() -> None:
    point = Point(1, 3, note="kept")
    assert dataclasses.replace(point, x=5) == Point(5, 3)
    assert copy.deepcopy(point).note == "kept"
    assert pickle.loads(pickle.dumps(point)) == point
    match point:
        case Point(x, y):
            assert (x, y) == (1, 3)
    assert [one.name for one in dataclasses.fields(point)] == ["x", "y", "note"]


@dataclass(frozen=True, slots=True)
class Point3(Point):
    """A class of values may add fields to those of another."""

    z: int = 0


@dataclass(slots=True)
class Counter:
    """Values that change have no hash."""

    count: int = 0


def test_fields_are_inherited() -> None:
    assert (Point3(1, 2, "", 3).z, Point3(1).x) == (3, 1)
    assert Point3(1) != Point(1)


def test_values_may_be_made_to_change() -> None:
    counter = Counter()
    counter.count += 1
    assert counter == Counter(1)
    with pytest.raises(TypeError):
        hash(counter)


def test_our_functions_and_the_standard_ones_agree() -> None:
    point = Point(1, 3, note="kept")
    assert replace(point, x=5) == dataclasses.replace(point, x=5)
    assert replace(point, x=5).note == "kept"
    assert [one.name for one in fields(point)] == ["x", "y", "note"]
    assert dataclasses.asdict(point) == {"x": 1, "y": 3, "note": "kept"}
    assert dataclasses.is_dataclass(Bag)


def test_the_standard_module_is_not_loaded() -> None:
    code = "import sys, wisp.values; print('dataclasses' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_large_fields_are_shown_by_their_size() -> None:
    assert repr(Bag(name="a", items=[1, 2])) == "Bag(items=[1, 2], name='a')"
    assert repr(Bag(name="a", items=[0] * 500)) == "Bag(items=<list of 500>, name='a')"
    assert repr(Bag(name="a" * 500)) == "Bag(items=[], name=<text of 500 characters>)"


def test_many_instances_are_as_the_first() -> None:
    """The first are filled field by field, later ones by a method compiled for the class."""

    @dataclass(frozen=True, slots=True)
    class Pair:
        first: int
        second: list[int] = field(default_factory=list)

    made = [Pair(1, second=[2]) for _ in range(5)] + [Pair(first=1, second=[2])]
    assert len(set(map(repr, made))) == 1
    assert all(one == made[0] for one in made)
    assert Pair(1).second is not Pair(1).second


@pytest.mark.parametrize("before", [0, 5])
@pytest.mark.parametrize(
    ("arguments", "names"),
    [((), {}), ((1, 2, 3), {}), ((1,), {"first": 1}), ((1,), {"third": 1}), ((), {"second": 1})],
    ids=str,
)
def test_wrong_arguments_are_refused_alike(
    before: int, arguments: tuple[Any, ...], names: dict[str, Any]
) -> None:
    @dataclass(frozen=True, slots=True)
    class Pair:
        first: int
        second: int = 2

    for _ in range(before):
        Pair(1)
    with pytest.raises(TypeError, match=r"^Pair\.__init__\(\)|^__init__\(\)"):
        Pair(*arguments, **names)
