"""Running a plan: conda, then names, then PyPI for every stale unit, several units at once.

What is solved comes back per environment and platform; `wisp.solve.assemble` makes a lock of it.
The engines are given as functions, so that this module is about order and concurrency only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from wisp.compat import DEFAULT, CompatLevel
from wisp.errors import FetchError, SolveError, UntoldFetchError, WispError
from wisp.layout import DEFAULT_INDEX
from wisp.lock.model import Pair
from wisp.report import SILENT, Reporter
from wisp.solve.explaining import conda_hints
from wisp.solve.extract import extract
from wisp.solve.plan import SolveUnit, combine
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from concurrent.futures import Future

    Answer = dict[Pair, "Solution"]

Conda = tuple[CondaRecord, ...]
Pypi = tuple[PypiRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The three questions that solving asks the outside, and one it asks about a platform.

    `solve` answers a unit with conda records; `name` gives records their PyPI names; `resolve`
    answers combined inputs, given the conda records and the old PyPI records; `markers` are the
    values of a platform's environment markers, given the conda records that hold its Python.
    All but `markers` may block and are called from several threads at once; `stop` lets those that
    block fail soon, when somebody interrupts. `level` is the release that advice is worded for.
    """

    solve: Callable[[SolveUnit], Conda]
    name: Callable[[EnvironmentInputs, Conda], Conda]
    resolve: Callable[[EnvironmentInputs, Conda, Pypi], Pypi]
    markers: Callable[[EnvironmentInputs, Conda], dict[str, str]]
    stop: Callable[[], None] = lambda: None
    level: CompatLevel = CompatLevel(DEFAULT)


@dataclass(frozen=True, slots=True)
class Solution:
    """What one environment holds on one platform."""

    conda: Conda
    pypi: Pypi


def run_plan(
    units: Sequence[SolveUnit],
    engines: Engines,
    *,
    workers: int,
    reporter: Reporter = SILENT,
) -> dict[Pair, Solution]:
    """Answer all units; the ones that are fresh keep what they have.

    Raises the error of the first unit that fails, in the order of the units: an earlier one that
    is still at work is waited for, so that the same input fails in the same way. Where its reason
    went to another request for the same file, that one's error is raised.
    """
    if len(units) == 1:  # without what threads take to load: 6 ms
        return _interruptible(units[0], engines, reporter)
    from concurrent.futures import ThreadPoolExecutor

    answers: dict[Pair, Solution] = {}
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="wisp-solve") as pool:
        futures = [pool.submit(_answer, unit, engines, reporter) for unit in units]
        try:
            for future in futures:
                answers |= future.result()
        except Exception as error:
            for later in futures:
                later.cancel()
            told = _told(futures) if isinstance(error, UntoldFetchError) else None
            if told is not None:
                raise told from error
            raise
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            engines.stop()
            raise
    return answers


def _told(futures: Iterable[Future[Answer]]) -> FetchError | None:
    """Return the first failure to fetch something that has its reason, once all have ended."""
    ended = (one.exception() for one in futures if not one.cancelled())
    fetching = (error for error in ended if isinstance(error, FetchError))
    return next((one for one in fetching if not isinstance(one, UntoldFetchError)), None)


def _interruptible(unit: SolveUnit, engines: Engines, reporter: Reporter) -> dict[Pair, Solution]:
    try:
        return _answer(unit, engines, reporter)
    except KeyboardInterrupt:
        engines.stop()
        raise


def _answer(unit: SolveUnit, engines: Engines, reporter: Reporter) -> dict[Pair, Solution]:
    inputs = combine(unit.members)
    conda = _solve(unit, engines, reporter) if unit.stale.conda else unit.conda
    pypi = unit.pypi
    if inputs.pypi_dependencies:
        if unit.stale.conda or any(record.purls is None for record in conda):
            conda = engines.name(inputs, conda)
        if unit.stale.conda or unit.stale.pypi:
            pypi = _resolve(unit, inputs, conda, engines, reporter)
    elif unit.stale.conda or unit.stale.pypi:
        pypi = ()
    return _shares(unit, inputs, conda, pypi, engines)


def _solve(unit: SolveUnit, engines: Engines, reporter: Reporter) -> Conda:
    if not any(one.dependencies or one.dev for one in unit.members):
        return ()
    token = reporter.start("solving", f"{unit.label} for {unit.platform}")
    reporter.describe(token, source=hosts_of(unit))
    try:
        return engines.solve(unit)
    except SolveError as error:
        advice = conda_hints(error, unit.members[0].platform.subdir, engines.level)
        raise _failed("solve requirements", unit, error, advice) from error
    finally:
        reporter.finish(token)


def _resolve(
    unit: SolveUnit, inputs: EnvironmentInputs, conda: Conda, engines: Engines, reporter: Reporter
) -> Pypi:
    token = reporter.start("resolving PyPI", f"{unit.label} for {unit.platform}")
    reporter.describe(token, source=_index(inputs))
    try:
        return engines.resolve(inputs, conda, unit.pypi)
    except SolveError as error:
        raise _failed("solve the pypi requirements", unit, error) from error
    finally:
        reporter.finish(token)


def hosts_of(unit: SolveUnit) -> str:
    """Name the hosts that a solve has to ask, for who waits for them."""
    hosts = [urlsplit(channel.url).hostname for channel in unit.members[0].channels]
    return ", ".join(dict.fromkeys(host for host in hosts if host))


def _index(inputs: EnvironmentInputs) -> str:
    return urlsplit(inputs.pypi_options.index_url or DEFAULT_INDEX).hostname or ""


def _failed(
    what: str, unit: SolveUnit, error: WispError, advice: tuple[str, ...] = ()
) -> SolveError:
    return SolveError(
        f"failed to {what} of {unit.label} for platform '{unit.platform}'",
        causes=[error],
        hints=(*error.hints, *advice),
    )


def _shares(
    unit: SolveUnit, inputs: EnvironmentInputs, conda: Conda, pypi: Pypi, engines: Engines
) -> dict[Pair, Solution]:
    """Hand each member its share of the answer."""
    if len(unit.members) == 1:
        only = unit.members[0]
        return {(only.environment, only.platform.name): Solution(conda, pypi)}
    markers = engines.markers(inputs, conda)
    return {
        (one.environment, one.platform.name): Solution(*extract(one, conda, pypi, markers))
        for one in unit.members
    }
