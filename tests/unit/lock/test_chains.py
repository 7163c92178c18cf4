"""The shortest ways from what was asked for to a package."""

from __future__ import annotations

from tests.unit.lock.samples import conda, wheel
from wisp.lock.chains import shortest_chains
from wisp.lock.graph import Need, PackageGraph, every_marker
from wisp.specs.records import Record

RECORDS: tuple[Record, ...] = (
    conda("app", "1.0", "0", "middle >=2", "python"),
    conda("middle", "2.0", "0", "zlib >=1.3", "python"),
    conda("python", "3.12.1", "0", "zlib >=1.2"),
    conda("zlib", "1.3"),
    conda("alone"),
)


def chains(target: str, *asked: str, records: tuple[Record, ...] = RECORDS) -> list[str]:
    graph = PackageGraph(records, every_marker)
    by_name = {record.name: record for record in records}
    needs = [Need(by_name[name], text=name) for name in asked]
    kind = next(r for r in records if r.name == target).__class__.__name__ == "PypiRecord"
    found = shortest_chains(graph, needs, (kind, target))
    return [" | ".join(need.text for need in chain) for chain in found]


def test_one_chain_for_each_thing_asked_for_the_shortest_first() -> None:
    assert chains("zlib", "app", "python") == [
        "python | zlib >=1.2",
        "app | middle >=2 | zlib >=1.3",
    ]


def test_what_is_asked_for_and_needed_is_told_twice() -> None:
    assert chains("python", "python", "middle") == ["python", "middle | python"]


def test_a_chain_over_something_else_that_was_asked_for_is_left_out() -> None:
    assert chains("zlib", "app", "middle", "python") == [
        "middle | zlib >=1.3",
        "python | zlib >=1.2",
    ]


def test_what_nobody_needs_has_no_chain() -> None:
    assert chains("alone", "app") == []


def test_packages_that_need_each_other_end() -> None:
    ring = (conda("a", "1", "0", "b"), conda("b", "1", "0", "a", "c"), conda("c"))
    assert chains("c", "a", records=ring) == ["a | b | c"]


def test_extras_and_stand_ins_of_pypi_packages_count() -> None:
    records: tuple[Record, ...] = (
        conda("numpy", "2.0"),
        wheel("tool", "1.0", "numpy>=1", "rest[more] ; extra == 'x'"),
        wheel("rest", "1.0", "deep ; extra == 'more'"),
        wheel("deep"),
    )
    graph = PackageGraph(records, lambda marker, extras: marker is None or bool(extras))
    tool = Need(records[1], frozenset({"x"}), None, "tool[x]")
    found = [shortest_chains(graph, [tool], key) for key in ((False, "numpy"), (True, "deep"))]
    assert [[need.text for need in chain] for chains in found for chain in chains] == [
        ["tool[x]", "numpy>=1"],
        ["tool[x]", "rest[more]", "deep"],
    ]
