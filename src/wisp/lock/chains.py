"""Why a package is locked: the shortest ways to it from what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.lock.graph import Key, Need, PackageGraph, key_of

#: From what was asked for to the package in question.
Chain = tuple[Need, ...]


def shortest_chains(
    graph: PackageGraph, asked: Sequence[Need], target: Key
) -> tuple[tuple[Need, ...], ...]:
    """Return one chain for each thing asked for that leads to a package, the shortest first.

    A chain that leads over something else that was asked for tells nothing new, and is left out.
    """
    roots: dict[Key, Need] = {}
    for need in asked:
        roots.setdefault(key_of(need.record), need)
    dependents = _dependents(graph, asked)
    onward: dict[Key, Chain] = {target: ()}
    found: list[Chain] = []
    frontier = [target]
    while frontier:
        following: list[Key] = []
        for key in frontier:
            if key in roots:
                found.append((roots[key], *onward[key]))
                if key != target:
                    continue
            for parent, need in dependents.get(key, ()):
                if parent not in onward:
                    onward[parent] = (need, *onward[key])
                    following.append(parent)
        frontier = following
    return tuple(found)


def _dependents(
    graph: PackageGraph, asked: Iterable[Need]
) -> Mapping[Key, Sequence[tuple[Key, Need]]]:
    """Return who needs each package, and by which requirement, of all that is reached."""
    extras: dict[Key, frozenset[str]] = {}
    edges: dict[Key, list[Need]] = {}
    pending = list(asked)
    while pending:
        need = pending.pop()
        key = key_of(need.record)
        known = extras.get(key)
        if known is not None and need.extras <= known:
            continue
        extras[key] = need.extras | (known or frozenset())
        edges[key] = list(graph.needs(need.record, extras[key]))
        pending += edges[key]
    found: dict[Key, list[tuple[Key, Need]]] = {}
    for key, needs in sorted(edges.items()):
        for need in needs:
            found.setdefault(key_of(need.record), []).append((key, need))
    return found
