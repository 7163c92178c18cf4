"""What is solved together, what is held on to, in which order it is asked."""

from __future__ import annotations

from tests.unit.solve.makers import MakeConda, MakeInputs, MakePypi
from wisp.lock.mismatch import ChannelsChanged
from wisp.lock.model import EnvironmentRow, LockFile
from wisp.solve.plan import STALE, Staleness, combine, judge, plan
from wisp.specs.conda import Channel
from wisp.specs.records import Record


def locked(**packages: tuple[Record, ...]) -> LockFile:
    return LockFile(
        environments={
            name: EnvironmentRow(name=name, packages={"linux-64": records})
            for name, records in packages.items()
        }
    )


def test_environments_without_a_group_are_units_of_their_own(
    inputs: MakeInputs,
) -> None:
    units = plan([inputs("a"), inputs("b"), inputs("a", subdir="osx-arm64")], None, {})
    assert [(u.label, u.platform) for u in units] == [
        ("environment 'a'", "linux-64"),
        ("environment 'b'", "linux-64"),
        ("environment 'a'", "osx-arm64"),
    ]


def test_a_stale_member_makes_its_group_stale_on_that_platform_only(
    inputs: MakeInputs,
) -> None:
    asked = [
        inputs(name, group="g", subdir=subdir)
        for name in ("a", "b")
        for subdir in ("linux-64", "win-64")
    ]
    units = plan(asked, None, {("b", "win-64"): STALE})
    assert {(u.platform, u.stale.conda) for u in units} == {("linux-64", False), ("win-64", True)}
    assert all(len(u.members) == 2 for u in units)


def test_a_group_named_like_an_environment_is_another_unit(
    inputs: MakeInputs,
) -> None:
    units = plan([inputs("x"), inputs("a", group="x")], None, {})
    assert [u.label for u in units] == ["environment 'x'", "solve group 'x'"]


def test_old_records_of_all_members_are_handed_on_once(
    inputs: MakeInputs, conda: MakeConda
) -> None:
    shared, own = conda("zlib-1"), conda("numpy-2")
    lock = locked(a=(shared,), b=(shared, own))
    (unit,) = plan(
        [inputs("a", group="g"), inputs("b", group="g")], lock, {("a", "linux-64"): STALE}
    )
    assert unit.conda == (shared, own)


def test_discarded_records_are_no_preference(
    inputs: MakeInputs,
    conda: MakeConda,
    pypi: MakePypi,
) -> None:
    lock = locked(a=(conda("zlib-1"), pypi("six-1")))
    all_gone = Staleness(True, True, forget_conda=True, forget_pypi=True)
    (unit,) = plan([inputs("a")], lock, {("a", "linux-64"): all_gone})
    assert (unit.conda, unit.pypi) == ((), ())


def test_discarding_only_pypi_keeps_the_conda_answer(
    inputs: MakeInputs,
    conda: MakeConda,
    pypi: MakePypi,
) -> None:
    lock = locked(a=(conda("zlib-1"), pypi("six-1")))
    (unit,) = plan([inputs("a")], lock, {("a", "linux-64"): Staleness(pypi=True, forget_pypi=True)})
    assert unit.conda == (conda("zlib-1"),)
    assert unit.pypi == ()


def test_faults_of_an_environment_hold_for_all_its_platforms(
    inputs: MakeInputs,
) -> None:
    asked = [inputs("a"), inputs("a", subdir="win-64"), inputs("b")]
    stale = judge(asked, [ChannelsChanged(environment="a", locked=(), wanted=())])
    gone = Staleness(True, True, forget_conda=True, forget_pypi=True)
    assert stale == {("a", "linux-64"): gone, ("a", "win-64"): gone, ("b", "linux-64"): Staleness()}


def test_requirements_come_grouped_by_the_place_of_the_first_of_their_name(
    inputs: MakeInputs,
) -> None:
    asked = combine(
        [inputs("a", "python 3.12.*", "zlib"), inputs("b", "zlib", "python >=3.10", "x")]
    )
    assert [(r.name, r.spec.version) for r in asked.dependencies] == [
        ("python", "3.12.*"),
        ("python", ">=3.10"),
        ("zlib", "*"),
        ("x", "*"),
    ]


def test_channels_of_members_are_united_by_priority(
    inputs: MakeInputs,
) -> None:
    from dataclasses import replace

    low = replace(inputs("a"), channels=(Channel("l", "https://l/", 0), Channel("m", "https://m/")))
    high = replace(
        inputs("b"), channels=(Channel("h", "https://h/", 5), Channel("m", "https://m/"))
    )
    assert [c.text for c in combine([low, high]).channels] == ["h", "l", "m"]
