"""The engines' answers in the shape that solving asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wisp.engine import loop
from wisp.engine.process import stop_children
from wisp.errors import SolveError
from wisp.lock.markers import marker_environment
from wisp.solve.conda import request_for as conda_request
from wisp.solve.names import add_purls
from wisp.solve.plan import Unit
from wisp.solve.update import Conda, Engines, Pypi
from wisp.specs.inputs import EnvironmentInputs

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace


def workers(workspace: OpenedWorkspace) -> int:
    """How many units are answered at once: solving is limited elsewhere, uv waits a lot."""
    return 2 * workspace.session.settings.network.concurrent_solves


def solve_engines(workspace: OpenedWorkspace) -> Engines:
    """Connect solving with rattler, the name service and uv of a workspace."""
    from wisp.engine.solver import solve

    room = workspace.session

    def answer(unit: Unit) -> Conda:
        return solve(conda_request(unit), room.channels)

    def name(inputs: EnvironmentInputs, conda: Conda) -> Conda:
        maps = workspace.manifest.workspace.conda_pypi_map
        return add_purls(conda, room.names, inputs.root, maps)

    def resolve(inputs: EnvironmentInputs, conda: Conda, previous: Pypi) -> Pypi:
        from wisp.solve.pypi import request_for

        def provide_python() -> Path:
            return _solve_prefix_python(workspace, inputs, conda)

        return room.pypi.resolve(request_for(inputs, conda, previous), provide_python)

    return Engines(solve=answer, name=name, resolve=resolve, markers=_markers, stop=_stop)


def _stop() -> None:
    """Let go of what other threads wait for: programs and coroutines."""
    stop_children()
    loop.cancel_all()


def _markers(inputs: EnvironmentInputs, conda: Conda) -> dict[str, str]:
    if not inputs.pypi_dependencies:
        return {}
    from wisp.solve.pypi_question import python_of

    found = marker_environment(inputs.platform.subdir, python_of(conda).version)
    if found is None:
        raise SolveError(f"PyPI packages cannot be resolved for platform '{inputs.platform.name}'")
    return dict(found)


def _solve_prefix_python(
    workspace: OpenedWorkspace, inputs: EnvironmentInputs, conda: Conda
) -> Path:
    """Install conda packages that a build needs while solving, and return their Python."""
    from wisp.api.use.installing import install_for_solving

    return install_for_solving(workspace, inputs, conda)
