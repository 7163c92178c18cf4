from __future__ import annotations

import pytest

from wisp.image.plan import (
    CONDA_BUCKETS,
    LARGE,
    MOST_LAYERS,
    WHEEL_BUCKETS,
    ImagePackage,
    LayerBudgetError,
    bucket_of,
    package_of,
    plan_layers,
)
from wisp.specs.records import PypiRecord


def conda(name: str, size: int = 1000) -> ImagePackage:
    return ImagePackage(name=name, kind="conda", version="1", identity=name, size=size)


def wheel(name: str, *, local: bool = False) -> ImagePackage:
    return ImagePackage(name=name, kind="pypi", version="1", identity=name, local=local)


def titles(packages: list[ImagePackage], below: int = 0) -> list[tuple[str, ...]]:
    return [tuple(p.name for p in one.packages) for one in plan_layers(packages, below=below)]


def test_large_packages_are_alone_and_come_first() -> None:
    rows = titles([conda("tiny"), conda("torch", LARGE), conda("aaa", LARGE * 9)])
    assert rows == [("aaa",), ("torch",), ("tiny",)]


def test_wheels_lie_above_conda_packages_and_local_ones_above_all() -> None:
    rows = titles([wheel("a-local", local=True), wheel("zope"), conda("zlib")])
    assert rows == [("zlib",), ("zope",), ("a-local",)]


def test_a_package_stays_in_its_bucket_whatever_comes_beside_it() -> None:
    names = [f"package-{number}" for number in range(200)]
    before = plan_layers(map(conda, names))
    after = plan_layers(map(conda, [*names, "another"]))
    changed = [one for one in after if one not in before]
    assert len(changed) == 1
    assert "another" in [package.name for package in changed[0].packages]


def test_the_order_of_the_lock_does_not_matter() -> None:
    rows = [conda(f"c{n}", n * LARGE // 20) for n in range(60)] + [wheel(f"w{n}") for n in range(9)]
    assert plan_layers(rows) == plan_layers(reversed(rows))


@pytest.mark.parametrize("below", [0, 1, 40, 70])
def test_no_plan_has_more_layers_than_engines_take(below: int) -> None:
    rows = [conda(f"c{n}", LARGE + n) for n in range(400)]
    rows += [wheel(f"w{n}") for n in range(400)] + [wheel("mine", local=True)]
    assert len(plan_layers(rows, below=below)) + below + 2 <= MOST_LAYERS


def test_a_base_of_too_many_layers_is_refused() -> None:
    with pytest.raises(LayerBudgetError, match="100 layers"):
        plan_layers([conda("a")], below=100)


def test_where_room_is_short_the_largest_are_alone() -> None:
    below = MOST_LAYERS - CONDA_BUCKETS - WHEEL_BUCKETS - 3
    rows = titles([conda("small", LARGE), conda("large", LARGE + 1)], below=below)
    assert rows == [("large",), ("small",)]


def test_a_package_has_one_bucket_in_all_processes() -> None:
    assert [bucket_of(name, CONDA_BUCKETS) for name in ("small", "numpy")] == [0, 2]


def test_a_folder_of_the_workspace_is_local() -> None:
    assert package_of(PypiRecord(location="./lib", name="lib")).local
    assert not package_of(PypiRecord(location="https://x/a.whl", name="a", version="1")).local
