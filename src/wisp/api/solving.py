"""The engines' answers in the shape that solving asks for; a session is all that is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wisp.errors import SolveError
from wisp.lock.markers import marker_environment
from wisp.solve.conda import conda_request
from wisp.solve.names import add_purls
from wisp.solve.plan import SolveUnit, combine
from wisp.solve.update import Conda, Engines, Pypi, hosts_of
from wisp.specs.inputs import EnvironmentInputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.compat import CompatLevel
    from wisp.specs.mapping import CondaPypiMaps

_NAMED = "packages of conda-pypi have names on PyPI"
#: Makes the Python of conda packages, which the build of a source distribution needs.
ProvidePython = Callable[[EnvironmentInputs, Conda], Path]


def workers(session: SessionContext) -> int:
    """How many units are answered at once: solving is limited elsewhere, uv waits a lot."""
    return 2 * session.settings.network.concurrent_solves


def solve_engines(
    session: SessionContext,
    provide_python: ProvidePython,
    maps: CondaPypiMaps = None,
    level: CompatLevel | None = None,
) -> Engines:
    """Connect solving with rattler, the name service and uv.

    `maps` are PyPI names that the manifest knows better, `level` is the manifest's.
    """
    followed = level or session.level
    named = followed.has(_NAMED)
    from wisp.engine.repodata_news import tell_of_repodata
    from wisp.engine.solver import solve

    def answer(unit: SolveUnit) -> Conda:
        try:
            access = session.channels.of(conda_request(unit).channels)
            with tell_of_repodata(access.repodata, session.reporter, hosts_of(unit)):
                found = solve(conda_request(unit), access)
        except SolveError as error:
            from wisp.api.elsewhere import hinted, hints_for_conda

            inputs = combine(unit.members)
            raise hinted(error, hints_for_conda(session, inputs, error)) from error
        ask_notices(session, followed, unit.members[0])
        return found

    def name(inputs: EnvironmentInputs, conda: Conda) -> Conda:
        return add_purls(conda, session.names, inputs.root, maps, conda_pypi=named)

    def resolve(inputs: EnvironmentInputs, conda: Conda, previous: Pypi) -> Pypi:
        from wisp.solve.pypi import pypi_request

        request = pypi_request(inputs, conda, previous)
        try:
            return session.pypi.resolve(request, lambda: provide_python(inputs, conda))
        except SolveError as error:
            from wisp.api.elsewhere import hinted, hints_for_pypi

            raise hinted(error, hints_for_pypi(session, inputs, error)) from error

    return Engines(
        solve=answer, name=name, resolve=resolve, markers=_markers, stop=_stop, level=followed
    )


def ask_notices(session: SessionContext, level: CompatLevel, inputs: EnvironmentInputs) -> None:
    """Let the channels that were asked tell what they have to tell."""
    if level.has("notices of channels are shown"):
        session.notices.ask(channel.url for channel in inputs.channels)


def _stop() -> None:
    """Let go of what other threads wait for: programs and coroutines."""
    from wisp.engine import loop
    from wisp.engine.process import stop_children

    stop_children()
    loop.cancel_all()


def _markers(inputs: EnvironmentInputs, conda: Conda) -> dict[str, str]:
    if not inputs.pypi_dependencies:
        return {}
    from wisp.solve.pypi_question import required_python

    found = marker_environment(inputs.platform.subdir, required_python(conda).version)
    if found is None:
        raise SolveError(f"PyPI packages cannot be resolved for platform '{inputs.platform.name}'")
    return dict(found)
