"""Who needs whom among the packages locked for one environment and platform.

The only answer to that question: trees, filters of installations, shares of solve groups and
exports ask it. (Only what judges a lock walks by itself, since it judges each step.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from wisp.lock.markers import Markers, markers_of
from wisp.lock.wanted import from_metadata
from wisp.specs.match import parse_spec
from wisp.specs.package_names import providers, pypi_names, python_of, spec_name
from wisp.specs.pypi import normalize
from wisp.specs.records import LockedConda, PypiRecord, Record, package_kind
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.specs.records import PackageKind

#: Tells whether the marker of a requirement holds, given the extras that are asked for.
Holds = Callable[[str | None, frozenset[str]], bool]
#: Kind and name of a locked package.
Key = tuple[bool, str]

_NO_EXTRAS: frozenset[str] = frozenset()


def every_marker(_marker: str | None, _extras: frozenset[str]) -> bool:
    """Let each requirement count, whatever its marker."""
    return True


def no_marker(marker: str | None, _extras: frozenset[str]) -> bool:
    """Let only those requirements count that have no marker."""
    return marker is None


@dataclass(frozen=True, slots=True)
class Need:
    """A locked package that is needed, the extras asked of it, and the extra it is needed for.

    `text` is the requirement as its author wrote it, without markers.
    """

    record: Record
    extras: frozenset[str] = frozenset()
    extra: str | None = None
    text: str = ""


class PackageGraph:
    """Locked packages and what they need of each other; `holds` judges environment markers.

    Conda packages need conda packages. PyPI packages need PyPI packages, or the conda packages
    that stand for them. What is not locked (virtual packages, other platforms) is left out.
    """

    def __init__(self, records: Iterable[Record], holds: Holds) -> None:
        rows = tuple(records)
        self._holds = holds
        conda: list[LockedConda] = [one for one in rows if not isinstance(one, PypiRecord)]
        self._conda = {record.name: record for record in conda}
        pypi = [one for one in rows if isinstance(one, PypiRecord)]
        self._pypi: dict[str, Record] = {normalize(record.name): record for record in conda}
        self._pypi |= providers((record, pypi_names(record.purls)) for record in conda)
        self._pypi |= {record.name: record for record in pypi}

    def conda(self, name: str) -> LockedConda | None:
        """Return the conda package of a name."""
        return self._conda.get(name)

    def pypi(self, name: str) -> Record | None:
        """Return the PyPI package of a normalised name, or the conda package that stands for it."""
        return self._pypi.get(name)

    def needs(self, record: Record, extras: frozenset[str] = _NO_EXTRAS) -> Iterator[Need]:
        """Yield what a package needs, in the order of its metadata."""
        if isinstance(record, PypiRecord):
            yield from self._pypi_needs(record, extras)
            return
        yield from self._conda_needs(record.depends, None)
        for extra in sorted(extras):
            yield from self._conda_needs(record.extra_depends.get(extra, ()), extra)

    def _conda_needs(self, specs: Iterable[str], extra: str | None) -> Iterator[Need]:
        for text in specs:
            found = self._conda.get(spec_name(text))
            if found is not None:
                yield Need(found, _spec_extras(text), extra, text)

    def _pypi_needs(self, record: PypiRecord, extras: frozenset[str]) -> Iterator[Need]:
        for text in record.requires_dist:
            wanted = from_metadata(text)
            found = None if wanted is None else self._pypi.get(wanted.name)
            if wanted is None or found is None:
                continue
            plain = text.partition(";")[0].strip()
            if self._holds(wanted.marker, _NO_EXTRAS):
                yield Need(found, wanted.extras, None, plain)
                continue
            for extra in sorted(extras):
                if self._holds(wanted.marker, frozenset({extra})):
                    yield Need(found, wanted.extras, extra, plain)

    def reached(self, start: Iterable[Need]) -> frozenset[Key]:
        """Return what is needed directly or through others, starting points included."""
        found: dict[Key, frozenset[str]] = {}
        pending = list(start)
        while pending:
            need = pending.pop()
            key = key_of(need.record)
            known = found.get(key)
            if known is not None and need.extras <= known:
                continue
            found[key] = need.extras | (known or _NO_EXTRAS)
            pending += self.needs(need.record, found[key])
        return frozenset(found)


def key_of(record: Record) -> Key:
    """Return by which a package is known among those of one environment and platform."""
    return isinstance(record, PypiRecord), record.name


def _spec_extras(text: str) -> frozenset[str]:
    return frozenset(parse_spec(text).extras) if "extras" in text else _NO_EXTRAS


@dataclass(frozen=True, slots=True)
class Edge:
    """A package that is needed, and the extra it is needed for, if for one only."""

    name: str
    extra: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageNode:
    """A locked package and what it needs, in the order of its metadata; no virtual packages."""

    name: str
    version: str
    needs: tuple[Edge, ...] = ()
    kind: PackageKind = "conda"


def graph_of(records: Sequence[Record], subdir: str) -> PackageGraph:
    """Return who needs whom of the packages of a subdir, markers judged by its Python."""
    markers = _markers(records, subdir)
    return PackageGraph(records, no_marker if markers is None else markers.hold)


def dependency_graph(
    records: Sequence[Record], subdir: str, extras: Mapping[str, frozenset[str]]
) -> Mapping[str, PackageNode]:
    """Return the nodes by name, in lock order.

    `extras` are those that the manifest asks for, by normalised name.
    """
    graph = graph_of(records, subdir)
    active = active_extras(records, extras)
    nodes: dict[str, PackageNode] = {}
    for record in records:
        found: dict[str, str | None] = {}
        for need in graph.needs(record, active.get(record.name, _NO_EXTRAS)):
            found.setdefault(need.record.name, need.extra)
        needs = tuple(Edge(name, extra) for name, extra in found.items())
        nodes.setdefault(
            record.name,
            PackageNode(
                name=record.name,
                version=record.version or "",
                needs=needs,
                kind=package_kind(record),
            ),
        )
    return nodes


def inverted(graph: Mapping[str, PackageNode]) -> Mapping[str, PackageNode]:
    """Return the graph with its edges turned round: each package needs its dependents."""
    dependents: dict[str, list[Edge]] = {name: [] for name in graph}
    for node in graph.values():
        for edge in node.needs:
            dependents[edge.name].append(Edge(node.name))
    return {name: replace(node, needs=tuple(dependents[name])) for name, node in graph.items()}


def _markers(records: Sequence[Record], subdir: str) -> Markers | None:
    python = python_of(records)
    return None if python is None else markers_of(subdir, python.version)


def active_extras(
    records: Sequence[Record], asked: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """Add to the extras that the manifest asks for those that packages ask of each other.

    Both are by normalised name.
    """
    active = dict(asked)
    for record in records:
        for text in record.requires_dist if isinstance(record, PypiRecord) else ():
            wanted = from_metadata(text)
            if wanted is not None and wanted.extras:
                active[wanted.name] = active.get(wanted.name, frozenset()) | wanted.extras
    return active
