"""Who needs whom among the packages locked for one environment and platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wisp.lock.markers import Markers, markers_of
from wisp.lock.wanted import from_metadata
from wisp.specs.pypi import normalize
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord, Record
from wisp.values import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """A package that is needed, and the extra it is needed for, if for one only."""

    name: str
    extra: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A locked package and what it needs, in the order of its metadata; no virtual packages."""

    name: str
    version: str
    needs: tuple[Edge, ...] = ()


def dependency_graph(
    records: Sequence[Record], subdir: str, extras: Mapping[str, frozenset[str]]
) -> Mapping[str, Node]:
    """Return the nodes by name, in lock order.

    `extras` are those that the manifest asks for, by normalised name. Requirements on packages
    that are not locked (other platforms, other extras) are left out; a PyPI requirement that a
    conda package stands for leads to that package.
    """
    names = _names(records)
    markers = _markers(records, subdir)
    active = _active_extras(records, extras)
    nodes: dict[str, Node] = {}
    for record in records:
        wanted = active.get(record.name, frozenset())
        if isinstance(record, PypiRecord):
            edges = _pypi_edges(record, wanted, markers)
        else:
            edges = _conda_edges(record, wanted)
        found: dict[str, str | None] = {}
        for edge in edges:
            if edge.name in names:
                found.setdefault(names[edge.name], edge.extra)
        needs = tuple(Edge(name, extra) for name, extra in found.items())
        nodes.setdefault(
            record.name, Node(name=record.name, version=record.version or "", needs=needs)
        )
    return nodes


def inverted(graph: Mapping[str, Node]) -> Mapping[str, Node]:
    """Return the graph with its edges turned round: each package needs its dependents."""
    dependents: dict[str, list[Edge]] = {name: [] for name in graph}
    for node in graph.values():
        for edge in node.needs:
            dependents[edge.name].append(Edge(node.name))
    return {
        name: Node(name=name, version=node.version, needs=tuple(dependents[name]))
        for name, node in graph.items()
    }


def _names(records: Sequence[Record]) -> Mapping[str, str]:
    """Map every name a package goes by, purls included, to its own."""
    names: dict[str, str] = {}
    for record in records:
        names.setdefault(record.name, record.name)
    for record in records:
        for purl in (record.purls or ()) if isinstance(record, CondaRecord) else ():
            pypi_name = purl.rpartition("/")[2].partition("?")[0].partition("@")[0]
            names.setdefault(normalize(pypi_name), record.name)
    return names


def _markers(records: Sequence[Record], subdir: str) -> Markers | None:
    for record in records:
        if record.name == "python" and isinstance(record, CondaRecord):
            return markers_of(subdir, record.version)
    return None


def _active_extras(
    records: Sequence[Record], asked: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """Add to the extras of the manifest those that packages ask of each other."""
    active = dict(asked)
    for record in records:
        for text in record.requires_dist if isinstance(record, PypiRecord) else ():
            wanted = from_metadata(text)
            if wanted is not None and wanted.extras:
                active[wanted.name] = active.get(wanted.name, frozenset()) | wanted.extras
    return active


def _conda_edges(record: CondaRecord | CondaSourceRecord, extras: frozenset[str]) -> list[Edge]:
    edges = [Edge(_spec_name(text)) for text in record.depends]
    if isinstance(record, CondaRecord):
        for extra in sorted(extras):
            edges += [Edge(_spec_name(text), extra) for text in record.extra_depends.get(extra, ())]
    return edges


def _spec_name(text: str) -> str:
    """Return the package name a match spec begins with."""
    name, *_ = text.partition("[")[0].split(maxsplit=1) or ("",)
    return name.rpartition("::")[2].rstrip("<>=!~").lower()


def _pypi_edges(record: PypiRecord, extras: frozenset[str], markers: Markers | None) -> list[Edge]:
    edges: list[Edge] = []
    for text in record.requires_dist:
        wanted = from_metadata(text)
        if wanted is None:
            continue
        if wanted.marker is None or (markers is not None and markers.hold(wanted.marker)):
            edges.append(Edge(wanted.name))
        elif markers is not None:
            edges += [
                Edge(wanted.name, extra)
                for extra in sorted(extras)
                if markers.hold(wanted.marker, frozenset({extra}))
            ]
    return edges
