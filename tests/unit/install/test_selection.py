from __future__ import annotations

from wisp.install.selection import InstallFilter, select
from wisp.specs.records import CondaRecord, PypiRecord


def _conda(name: str, *depends: str, purls: tuple[str, ...] | None = None) -> CondaRecord:
    return CondaRecord(
        location=name,
        name=name,
        version="1",
        build="0",
        build_number=0,
        subdir="noarch",
        depends=depends,
        purls=purls,
    )


RECORDS = (
    _conda("app", "lib >=1", "shared"),
    _conda("lib", "shared", "deep"),
    _conda("shared"),
    _conda("deep"),
    _conda("other", "shared"),
    _conda("py-lib", purls=("pkg:pypi/pylib?source=x",)),
    PypiRecord(
        location="w", name="wheel", version="1", requires_dist=("Pylib>=1", "leaf ; extra == 'x'")
    ),
    PypiRecord(location="l", name="leaf", version="1"),
)


def _kept(**wanted: tuple[str, ...]) -> set[str]:
    return {row.name for row in select(RECORDS, InstallFilter(**wanted)).records}


ALL = {row.name for row in RECORDS}


def test_without_a_filter_everything_stays() -> None:
    selection = select(RECORDS, InstallFilter())
    assert selection.records == RECORDS
    assert selection.ignored == frozenset()


def test_skip_takes_only_the_named() -> None:
    selection = select(RECORDS, InstallFilter(skip=("lib",)))
    assert {row.name for row in selection.records} == ALL - {"lib"}
    assert selection.ignored == {"lib"}


def test_skip_with_deps_takes_what_nothing_else_needs() -> None:
    assert _kept(skip_with_deps=("app",)) == ALL - {"app", "lib", "deep"}


def test_only_keeps_the_named_and_what_they_need() -> None:
    assert _kept(only=("lib",)) == {"lib", "shared", "deep"}


def test_wheels_reach_conda_packages_by_their_pypi_names() -> None:
    assert _kept(only=("wheel",)) == {"wheel", "leaf", "py-lib"}


def test_filters_combine() -> None:
    assert _kept(only=("app",), skip=("deep",)) == {"app", "lib", "shared"}


def test_unknown_names_are_told() -> None:
    assert select(RECORDS, InstallFilter(skip=("nope", "lib"))).unknown == ("nope",)


def test_a_circle_is_walked_once() -> None:
    circle = (_conda("a", "b"), _conda("b", "a"))
    assert len(select(circle, InstallFilter(only=("a",))).records) == 2
    assert select(circle, InstallFilter(skip_with_deps=("a",))).ignored == {"a"}
