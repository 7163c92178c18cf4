"""From the inputs of a unit to a question for the conda solver."""

from __future__ import annotations

from wisp.engine.solver import SolveRequest
from wisp.platforms import VirtualPackage
from wisp.solve.plan import SolveUnit, by_name, combine
from wisp.solve.sources import refuse_sources
from wisp.specs.conda import CondaRequirement, match_spec_text
from wisp.specs.inputs import EnvironmentInputs


def conda_request(unit: SolveUnit) -> SolveRequest:
    """Ask for everything that the members of a unit want, preferring what was locked.

    Specs keep the manifest's order, grouped by name: the solver's choice between equally good
    answers depends on it. Raises `SolveError` for packages that only a build back-end can judge.
    """
    inputs = combine(unit.members)
    refuse_sources(inputs)
    return SolveRequest(
        specs=tuple(_text(inputs, one) for one in by_name(inputs.dependencies)),
        constraints=tuple(_text(inputs, one) for one in by_name(inputs.constraints)),
        channels=tuple(channel.url for channel in inputs.channels),
        subdir=inputs.platform.subdir,
        virtual_packages=tuple(_solved(one) for one in inputs.platform.virtual_packages()),
        channel_priority=inputs.channel_priority,
        strategy=inputs.solve_strategy,
        exclude_newer=inputs.exclude_newer,
        locked=unit.conda,
    )


def _solved(package: VirtualPackage) -> str:
    """Spell a virtual package for the solver: packages ask for `__archspec 1`, locks say 0."""
    if package.name == "__archspec" and package.version == "0" and package.build:
        return str(VirtualPackage(package.name, "1", package.build))
    return str(package)


def _text(inputs: EnvironmentInputs, requirement: CondaRequirement) -> str:
    return match_spec_text(requirement, inputs.channels, inputs.root)
