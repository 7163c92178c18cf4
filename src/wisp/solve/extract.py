"""From the answer for a whole solve group to what each member of it needs.

The members share one solution; each gets the records that its own requirements reach, through
conda dependencies, and through the requirements of PyPI packages, which conda packages may serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wisp.lock.graph import Need, PackageGraph, key_of
from wisp.lock.markers import Markers
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, PypiRecord


def extract(
    inputs: EnvironmentInputs,
    conda: Iterable[CondaRecord],
    pypi: Iterable[PypiRecord],
    markers: Mapping[str, str],
) -> tuple[tuple[CondaRecord, ...], tuple[PypiRecord, ...]]:
    """Return the records one environment needs out of those of its group, in their order.

    `markers` are the values of the platform's environment markers (PEP 508).
    """
    conda, pypi = tuple(conda), tuple(pypi)
    judge = Markers(markers)
    graph = PackageGraph((*conda, *pypi), judge.hold)
    reached = graph.reached(_wanted(inputs, graph, judge))
    return (
        tuple(record for record in conda if key_of(record) in reached),
        tuple(record for record in pypi if key_of(record) in reached),
    )


def _wanted(inputs: EnvironmentInputs, graph: PackageGraph, judge: Markers) -> Iterator[Need]:
    for requirement in inputs.dependencies:
        conda = graph.conda(requirement.name)
        if conda is not None:
            yield Need(conda, frozenset(requirement.spec.extras))
    for wanted in inputs.pypi_dependencies:
        found = graph.pypi(wanted.normalized)
        if found is not None and judge.hold(wanted.spec.marker):
            yield Need(found, frozenset(map(normalize, wanted.spec.extras)))
