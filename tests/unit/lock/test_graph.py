from __future__ import annotations

from typing import Any

from tests.unit.lock import samples
from wisp.lock.graph import Need, PackageGraph, dependency_graph, every_marker, no_marker
from wisp.lock.markers import markers_of
from wisp.specs.records import CondaRecord, PypiRecord, Record
from wisp.values import replace


def conda(name: str, version: str = "1.0", **more: Any) -> CondaRecord:
    return replace(samples.conda(name, version), **more)


def wheel(name: str, *requires: str) -> PypiRecord:
    return samples.wheel(name, "1.0", *requires)


def names(graph: PackageGraph, record: Record, *extras: str) -> list[tuple[str, str | None]]:
    return [(need.record.name, need.extra) for need in graph.needs(record, frozenset(extras))]


def test_conda_packages_need_conda_packages_however_their_specs_are_spelled() -> None:
    app = conda("app", depends=("lib>=1", "forge::tool", "other[version='>1']", "__glibc >=2"))
    graph = PackageGraph(
        [app, conda("lib"), conda("tool"), conda("other"), wheel("lib")], no_marker
    )
    assert names(graph, app) == [("lib", None), ("tool", None), ("other", None)]
    assert next(graph.needs(app)).record == conda("lib")


def test_extras_of_conda_packages_need_more_and_are_asked_for_in_specs() -> None:
    lib = conda("lib", extra_depends={"fast": ("numba",)})
    app = conda("app", depends=("lib[extras=[fast]]",))
    graph = PackageGraph([app, lib, conda("numba")], no_marker)
    assert names(graph, lib) == []
    assert names(graph, lib, "fast") == [("numba", "fast")]
    assert graph.reached([Need(app)]) == {(False, "app"), (False, "lib"), (False, "numba")}


def test_wheels_need_wheels_or_the_conda_packages_that_stand_for_them() -> None:
    served = conda("ruamel.yaml", purls=("pkg:pypi/ruamel.yaml@0.18?source=x",))
    foreign = conda("six-tools", purls=("pkg:github/o/six",))
    app = wheel("app", "ruamel_yaml>=0.1", "six", "numpy")
    graph = PackageGraph([app, served, foreign, wheel("six"), conda("numpy")], no_marker)
    assert [need.record for need in graph.needs(app)] == [served, wheel("six"), conda("numpy")]


def test_markers_decide_and_say_for_which_extra() -> None:
    app = wheel(
        "app",
        "a ; sys_platform == 'win32'",
        "b ; extra == 'x'",
        "c ; extra == 'y'",
        "d",
    )
    records = [app, *map(wheel, "abcd")]
    markers = markers_of("linux-64", "3.12.1")
    assert markers is not None
    graph = PackageGraph(records, markers.hold)
    assert names(graph, app, "x") == [("b", "x"), ("d", None)]
    assert names(PackageGraph(records, no_marker), app) == [("d", None)]
    assert [name for name, _ in names(PackageGraph(records, every_marker), app)] == list("abcd")


def test_a_package_reached_with_another_extra_is_looked_at_again() -> None:
    lib = wheel("lib", "leaf ; extra == 'x'")
    first = wheel("first", "lib", "second")
    second = wheel("second", "lib[x]", "first")
    markers = markers_of("linux-64", "3.12.1")
    assert markers is not None
    graph = PackageGraph([first, second, lib, wheel("leaf"), wheel("lone")], markers.hold)
    reached = {name for _, name in graph.reached([Need(first)])}
    assert reached == {"first", "second", "lib", "leaf"}


def test_trees_judge_markers_by_the_locked_python() -> None:
    app = wheel("app", "old ; python_version < '3.9'", "new ; python_version > '3'")
    records = (conda("python", version="3.12.1"), app, wheel("old"), wheel("new"))
    nodes = dependency_graph(records, "linux-64", {})
    assert [edge.name for edge in nodes["app"].needs] == ["new"]
