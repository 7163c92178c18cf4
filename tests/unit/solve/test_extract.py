"""A member of a solve group gets what its own requirements reach, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from tests.unit.solve.makers import MakeConda, MakeInputs, MakePypi
from wisp.solve.extract import extract
from wisp.specs.records import CondaRecord, PypiRecord

LINUX = {"sys_platform": "linux", "python_version": "3.12", "extra": ""}


def names(records: Iterable[CondaRecord | PypiRecord]) -> list[str]:
    return [record.name for record in records]


def test_conda_dependencies_are_followed(inputs: MakeInputs, conda: MakeConda) -> None:
    group = (
        conda("a-1", "b >=1", "__glibc >=2.17"),
        conda("b-1", "forge::c"),
        conda("c-1"),
        conda("d-1"),
    )
    assert names(extract(inputs("e", "a"), group, (), LINUX)[0]) == ["a", "b", "c"]


def test_records_keep_the_order_of_the_group(inputs: MakeInputs, conda: MakeConda) -> None:
    group = (conda("z-1"), conda("a-1", "z"))
    assert names(extract(inputs("e", "a"), group, (), LINUX)[0]) == ["z", "a"]


def test_pypi_requirements_are_followed_with_extras_and_markers(
    inputs: MakeInputs, pypi: MakePypi
) -> None:
    group = (
        pypi("flask-3", "werkzeug", "rich; extra == 'color'", "colorama; sys_platform == 'win32'"),
        pypi("werkzeug-3"),
        pypi("rich-13"),
        pypi("colorama-1"),
    )
    assert names(extract(inputs("e", pypi=("flask",)), (), group, LINUX)[1]) == [
        "flask",
        "werkzeug",
    ]
    assert names(extract(inputs("e", pypi=("Flask[Color]",)), (), group, LINUX)[1]) == [
        "flask",
        "werkzeug",
        "rich",
    ]


def test_a_requirement_for_another_platform_asks_nothing(
    inputs: MakeInputs, pypi: MakePypi
) -> None:
    asked = inputs("e", pypi=("six; sys_platform == 'win32'",))
    assert extract(asked, (), (pypi("six-1"),), LINUX) == ((), ())


def test_conda_packages_serve_pypi_requirements_with_what_they_need(
    inputs: MakeInputs,
    conda: MakeConda,
    pypi: MakePypi,
) -> None:
    numpy = conda("numpy-2", "libblas", purls=("pkg:pypi/numpy?source=hash-mapping",))
    conda_share, pypi_share = extract(
        inputs("e", pypi=("pandas",)),
        (numpy, conda("libblas-3"), conda("other-1")),
        (pypi("pandas-2", "numpy>=1"),),
        LINUX,
    )
    assert (names(conda_share), names(pypi_share)) == (["numpy", "libblas"], ["pandas"])


def test_cycles_end(
    inputs: MakeInputs,
    conda: MakeConda,
    pypi: MakePypi,
) -> None:
    conda_share, pypi_share = extract(
        inputs("e", "a", pypi=("x",)),
        (conda("a-1", "b"), conda("b-1", "a")),
        (pypi("x-1", "y"), pypi("y-1", "x")),
        LINUX,
    )
    assert (len(conda_share), len(pypi_share)) == (2, 2)
