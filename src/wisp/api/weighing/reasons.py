"""Why each package is there: the shortest chain to it from what the manifest asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wisp.api.views.reasons import asked_for
from wisp.lock.graph import Need, graph_of, key_of
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import Record, package_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.weighing.report import Kind


def chains(
    records: Sequence[Record], inputs: EnvironmentInputs
) -> dict[tuple[Kind, str], tuple[str, ...]]:
    """Map packages to names: what the manifest asks for first, the package last.

    All are found by one walk that goes outward from what is asked for.
    """
    graph = graph_of(records, inputs.platform.subdir)
    found: dict[tuple[Kind, str], tuple[str, ...]] = {}
    frontier: list[tuple[Need, tuple[str, ...]]] = [
        (need, (need.record.name,)) for need in asked_for(graph, inputs)
    ]
    seen: set[tuple[object, frozenset[str]]] = set()
    while frontier:
        following = []
        for need, chain in frontier:
            key = (key_of(need.record), need.extras)
            if key in seen:
                continue
            seen.add(key)
            found.setdefault((package_kind(need.record), need.record.name), chain)
            following += [
                (one, (*chain, one.record.name)) for one in graph.needs(need.record, need.extras)
            ]
        frontier = following
    return found


def direct_names(records: Sequence[Record], inputs: EnvironmentInputs) -> Iterable[Record]:
    """Return the packages that the manifest asks for itself, each once."""
    graph = graph_of(records, inputs.platform.subdir)
    return {key_of(need.record): need.record for need in asked_for(graph, inputs)}.values()
