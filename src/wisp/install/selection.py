"""Which part of a locked environment is installed when the user leaves something out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.lock.graph import PackageGraph, every_marker
from wisp.specs.pypi import normalize
from wisp.specs.records import Record
from wisp.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallFilter:
    """What the user asked for: leave names out (alone or with what only they need), or keep some.

    `only` keeps the names and everything they depend on; the two others then take away from it.
    """

    skip: tuple[str, ...] = ()
    skip_with_deps: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether everything is wanted."""
        return not (self.skip or self.skip_with_deps or self.only)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallSelection:
    """The records that are installed, the names that are left as they are, names nobody has."""

    records: tuple[Record, ...]
    ignored: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()


def select(records: tuple[Record, ...], wanted: InstallFilter) -> InstallSelection:
    """Apply a filter to a locked environment.

    A package below a skipped one stays when something else that is kept needs it too.
    """
    if wanted.is_empty:
        return InstallSelection(records=records)
    graph = _graph(records)
    asked = (*wanted.skip, *wanted.skip_with_deps, *wanted.only)
    unknown = tuple(name for name in asked if _key(name) not in graph)
    kept = set(graph)
    if wanted.only:
        kept = _reach(graph, map(_key, wanted.only), closed=frozenset())
    if wanted.skip_with_deps:
        kept &= _reach(graph, _roots(graph), closed=frozenset(map(_key, wanted.skip_with_deps)))
    kept -= set(map(_key, wanted.skip))
    return InstallSelection(
        records=tuple(row for row in records if _key(row.name) in kept),
        ignored=frozenset(row.name for row in records if _key(row.name) not in kept),
        unknown=unknown,
    )


def _key(name: str) -> str:
    return normalize(name)


def _graph(records: Sequence[Record]) -> Mapping[str, set[str]]:
    """Map each name to the names it depends on; conda and PyPI names meet in one spelling."""
    packages = PackageGraph(records, every_marker)
    graph: dict[str, set[str]] = {}
    for record in records:
        needed = {_key(need.record.name) for need in packages.needs(record)}
        graph.setdefault(_key(record.name), set()).update(needed)
    return graph


def _roots(graph: Mapping[str, set[str]]) -> set[str]:
    """Return the names nothing else depends on; a closed circle has none, so all its names."""
    needed = {name for source, needs in graph.items() for name in needs if name != source}
    roots = set(graph) - needed
    return roots | (set(graph) - _reach(graph, roots, closed=frozenset()))


def _reach(
    graph: Mapping[str, set[str]], start: Iterable[str], *, closed: frozenset[str]
) -> set[str]:
    """Walk the graph from some names without entering those that are closed."""
    found: set[str] = set()
    pending = [name for name in start if name in graph and name not in closed]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += [
                needed for needed in graph[name] if needed in graph and needed not in closed
            ]
    return found
