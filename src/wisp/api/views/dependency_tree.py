"""The packages of an environment as a drawn tree: what needs what, or who needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wisp.api.views.inspect import compiled
from wisp.errors import WispError
from wisp.lock.graph import Edge, Node, dependency_graph, inverted
from wisp.lock.model import LockFile
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.pypi import normalize

_BRANCH, _LAST, _BAR, _BLANK = "├── ", "└── ", "│   ", "    "
_SEEN = " (*)"


def dependency_tree(
    lock: LockFile, inputs: EnvironmentInputs, pattern: str | None = None
) -> tuple[str, ...]:
    """Draw what an environment needs, from the packages of the manifest on.

    `pattern` chooses among these, or among all packages if it fits none of them. A package that
    was drawn before is marked and not followed again. Raises `WispError` if nothing fits.
    """
    graph = _graph(lock, inputs)
    roots = [name for name in _roots(inputs) if name in graph]
    if pattern is not None:
        search = compiled(pattern).search
        roots = [name for name in roots if search(name)] or sorted(filter(search, graph))
        if not roots:
            raise _nothing_found(pattern)
    seen: set[str] = set()
    return tuple(_siblings([Edge(name) for name in roots], "", graph, seen, skip_seen=True))


def dependents_tree(lock: LockFile, inputs: EnvironmentInputs, pattern: str) -> tuple[str, ...]:
    """Draw who needs the packages that fit a pattern, a block with a blank line for each.

    Raises `WispError` if nothing fits.
    """
    graph = inverted(_graph(lock, inputs))
    matches = sorted(filter(compiled(pattern).search, graph))
    if not matches:
        raise _nothing_found(pattern)
    explicit = _roots(inputs)
    seen: set[str] = set()
    lines: list[str] = []
    for name in sorted(matches, key=lambda name: name not in explicit):
        seen.add(name)
        lines += ["", f"{name} {graph[name].version} "]
        lines += _siblings(graph[name].needs, "", graph, seen)
    return tuple(lines)


def _graph(lock: LockFile, inputs: EnvironmentInputs) -> Mapping[str, Node]:
    environment = lock.environments.get(inputs.environment)
    records = environment.packages.get(inputs.platform.name, ()) if environment else ()
    extras: dict[str, frozenset[str]] = {}
    for requirement in inputs.pypi_dependencies:
        known = extras.get(requirement.normalized, frozenset())
        extras[requirement.normalized] = known | frozenset(map(normalize, requirement.spec.extras))
    for wanted in inputs.dependencies:
        extras[wanted.name] = extras.get(wanted.name, frozenset()) | frozenset(wanted.spec.extras)
    return dependency_graph(records, inputs.platform.subdir, extras)


def _roots(inputs: EnvironmentInputs) -> Sequence[str]:
    conda = {requirement.name for requirement in inputs.dependencies}
    return sorted(conda | {requirement.normalized for requirement in inputs.pypi_dependencies})


def _siblings(
    edges: Sequence[Edge],
    indent: str,
    graph: Mapping[str, Node],
    seen: set[str],
    *,
    skip_seen: bool = False,
) -> Iterator[str]:
    """Draw packages below each other; `skip_seen` leaves out those that were drawn before."""
    for number, edge in enumerate(edges, 1):
        is_last = number == len(edges)
        node = graph[edge.name]
        extra = f"(extra: {edge.extra})" if edge.extra else ""
        line = f"{indent}{_LAST if is_last else _BRANCH}{node.name} {node.version} {extra}"
        if edge.name in seen:
            if not skip_seen:
                yield line + _SEEN
            continue
        yield line
        seen.add(edge.name)
        deeper = indent + (_BLANK if is_last else _BAR)
        yield from _siblings(node.needs, deeper, graph, seen)


def _nothing_found(pattern: str) -> WispError:
    return WispError(
        "Couldn't print the dependency tree",
        causes=(f"no locked package has a name that fits '{pattern}'",),
    )
