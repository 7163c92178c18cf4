"""Units are answered as far as they are stale, and their members get their shares."""

from __future__ import annotations

import threading
from typing import NoReturn

import pytest

from tests.unit.solve.makers import MakeConda, MakeInputs, MakePypi
from wisp.engine.rattler_errors import unreachable
from wisp.errors import FetchError, SolveError
from wisp.layout import DEFAULT_INDEX
from wisp.solve.assemble import assemble
from wisp.solve.plan import STALE, SolveUnit, Staleness
from wisp.solve.update import Engines, run_plan
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import CondaRecord, PypiRecord


class Recorded:
    """Engines that answer from tables and remember what they were asked."""

    def __init__(
        self, conda: tuple[CondaRecord, ...] = (), pypi: tuple[PypiRecord, ...] = ()
    ) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.conda, self.pypi = conda, pypi

    def engines(self) -> Engines:
        return Engines(solve=self.solve, name=self.name, resolve=self.resolve, markers=self.markers)

    def solve(self, unit: SolveUnit) -> tuple[CondaRecord, ...]:
        self.asked.append(("solve", unit.label, unit.platform))
        return self.conda

    def name(
        self, inputs: EnvironmentInputs, conda: tuple[CondaRecord, ...]
    ) -> tuple[CondaRecord, ...]:
        self.asked.append(("name", len(conda)))
        return conda

    def resolve(
        self,
        inputs: EnvironmentInputs,
        conda: tuple[CondaRecord, ...],
        previous: tuple[PypiRecord, ...],
    ) -> tuple[PypiRecord, ...]:
        self.asked.append(("resolve", len(conda), len(previous)))
        return self.pypi

    def markers(self, inputs: EnvironmentInputs, conda: tuple[CondaRecord, ...]) -> dict[str, str]:
        return {"sys_platform": "linux", "python_version": "3.12"}


def test_a_fresh_unit_asks_nobody_and_keeps_its_records(
    inputs: MakeInputs, conda: MakeConda
) -> None:
    engines = Recorded()
    unit = SolveUnit(members=(inputs("a", "zlib"),), stale=Staleness(), conda=(conda("zlib-1"),))
    answer = run_plan([unit], engines.engines(), workers=1)
    assert engines.asked == []
    assert answer["a", "linux-64"].conda == (conda("zlib-1"),)


def test_stale_conda_is_solved_named_and_resolved_in_that_order(
    inputs: MakeInputs,
    conda: MakeConda,
    pypi: MakePypi,
) -> None:
    engines = Recorded((conda("python-3.12"),), (pypi("six-1"),))
    unit = SolveUnit(members=(inputs("a", "python", pypi=("six",)),), stale=STALE)
    answer = run_plan([unit], engines.engines(), workers=1)
    assert [one[0] for one in engines.asked] == ["solve", "name", "resolve"]
    assert answer["a", "linux-64"].pypi == (pypi("six-1"),)


def test_stale_pypi_alone_leaves_conda_as_it_is(
    inputs: MakeInputs,
    conda: MakeConda,
    pypi: MakePypi,
) -> None:
    engines = Recorded(pypi=(pypi("six-2"),))
    python = conda("python-3.12", purls=())
    unit = SolveUnit(
        members=(inputs("a", "python", pypi=("six",)),),
        stale=Staleness(pypi=True),
        conda=(python,),
        pypi=(pypi("six-1"),),
    )
    answer = run_plan([unit], engines.engines(), workers=1)
    assert engines.asked == [("resolve", 1, 1)]
    assert answer["a", "linux-64"].pypi == (pypi("six-2"),)


def test_pypi_records_vanish_with_the_last_requirement(
    inputs: MakeInputs,
    conda: MakeConda,
    pypi: MakePypi,
) -> None:
    unit = SolveUnit(
        members=(inputs("a", "zlib"),),
        stale=Staleness(pypi=True),
        conda=(conda("zlib-1"),),
        pypi=(pypi("six-1"),),
    )
    assert run_plan([unit], Recorded().engines(), workers=1)["a", "linux-64"].pypi == ()


def test_members_of_a_group_share_one_solve(inputs: MakeInputs, conda: MakeConda) -> None:
    engines = Recorded((conda("a-1"), conda("b-1")))
    members = (inputs("one", "a", group="g"), inputs("two", "b", group="g"))
    answer = run_plan([SolveUnit(members=members, stale=STALE)], engines.engines(), workers=1)
    assert engines.asked == [("solve", "solve group 'g'", "linux-64")]
    assert answer["one", "linux-64"].conda == (conda("a-1"),)
    assert answer["two", "linux-64"].conda == (conda("b-1"),)


def test_units_are_answered_side_by_side(inputs: MakeInputs) -> None:
    meeting = threading.Barrier(2, timeout=5)
    engines = Recorded().engines()
    together = Engines(
        solve=lambda unit: (meeting.wait(), ())[1],
        name=engines.name,
        resolve=engines.resolve,
        markers=engines.markers,
    )
    units = [SolveUnit(members=(inputs(name, "x"),), stale=STALE) for name in ("a", "b")]
    assert set(run_plan(units, together, workers=2)) == {("a", "linux-64"), ("b", "linux-64")}


def test_a_failure_names_environment_and_platform_and_keeps_its_cause(
    inputs: MakeInputs,
) -> None:
    def fail(unit: SolveUnit) -> NoReturn:
        raise SolveError("no candidates", hints=("look again",))

    good = Recorded().engines()
    engines = Engines(solve=fail, name=good.name, resolve=good.resolve, markers=good.markers)
    with pytest.raises(SolveError) as caught:
        run_plan([SolveUnit(members=(inputs("a", "x"),), stale=STALE)], engines, workers=1)
    assert caught.value.message == (
        "failed to solve requirements of environment 'a' for platform 'linux-64'"
    )
    assert [str(cause) for cause in caught.value.causes] == ["no candidates"]
    assert caught.value.hints == ("look again",)


def test_a_lock_has_one_record_per_location_with_all_that_is_known(
    inputs: MakeInputs, conda: MakeConda
) -> None:
    from wisp.solve.update import Solution

    asked = [inputs("a", "numpy"), inputs("b", "numpy")]
    bare_record = conda("numpy-2")
    named = conda("numpy-2", purls=("pkg:pypi/numpy",))
    lock = assemble(
        asked,
        {
            ("a", "linux-64"): Solution((bare_record,), ()),
            ("b", "linux-64"): Solution((named,), ()),
        },
    )
    assert lock.environments["a"].packages == lock.environments["b"].packages
    assert lock.environments["a"].packages["linux-64"] == (named,)


def test_indexes_are_recorded_only_where_pypi_packages_are(
    inputs: MakeInputs,
    conda: MakeConda,
    pypi: MakePypi,
) -> None:
    from wisp.solve.update import Solution

    lock = assemble(
        [inputs("a", "zlib"), inputs("b", pypi=("six",))],
        {
            ("a", "linux-64"): Solution((conda("zlib-1"),), ()),
            ("b", "linux-64"): Solution((), (pypi("six-1"),)),
        },
    )
    assert lock.environments["a"].indexes is None
    assert lock.environments["b"].indexes == (DEFAULT_INDEX,)


@pytest.mark.parametrize("slow", ["a", "b", "c"])
def test_of_several_failures_the_first_in_order_is_told_however_they_raced(
    inputs: MakeInputs, slow: str
) -> None:
    failed = threading.Event()

    def fail(unit: SolveUnit) -> NoReturn:
        name = unit.members[0].environment
        if name == slow:
            failed.wait(20)
        else:
            failed.set()
        raise SolveError(f"not {name}")

    good = Recorded().engines()
    engines = Engines(solve=fail, name=good.name, resolve=good.resolve, markers=good.markers)
    units = [SolveUnit(members=(inputs(name, "x"),), stale=STALE) for name in ("a", "b", "c")]
    with pytest.raises(SolveError, match="environment 'a'"):
        run_plan(units, engines, workers=3)


@pytest.mark.parametrize("told", ["b", None])
def test_a_failure_is_told_with_the_reason_that_another_request_got(
    inputs: MakeInputs, told: str | None
) -> None:
    """Units that ask for the same list of packages at once share one request."""

    def fail(unit: SolveUnit) -> NoReturn:
        why = "dns error" if unit.members[0].environment == told else "a coalesced request failed"
        raise unreachable(why, offline=False)

    good = Recorded().engines()
    engines = Engines(solve=fail, name=good.name, resolve=good.resolve, markers=good.markers)
    units = [SolveUnit(members=(inputs(name, "x"),), stale=STALE) for name in ("a", "b", "c")]
    with pytest.raises(FetchError) as failure:
        run_plan(units, engines, workers=3)
    assert failure.value.causes == ("dns error" if told else "a request to it failed",)
