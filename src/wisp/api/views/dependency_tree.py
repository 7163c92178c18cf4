"""The packages of an environment as a tree: what needs what, or who needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wisp.api.lock_usage import AS_NEEDED, LockUsage
from wisp.api.locks.locked_view import look_up
from wisp.api.opened import OpenedWorkspace
from wisp.api.views.inspect import compiled
from wisp.errors import WispError
from wisp.lock.graph import Edge, PackageNode, dependency_graph, inverted
from wisp.lock.model import LockFile
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.pypi import normalize
from wisp.specs.records import Record
from wisp.specs.similarity import mistyped
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.specs.records import PackageKind


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A package in a tree, with those it needs, or those that need it.

    `extra` is the extra it is needed for, if for one only. `is_repeated` tells that it stands
    elsewhere in the tree with what is below it.
    """

    name: str
    version: str
    extra: str | None = None
    children: tuple[TreeNode, ...] = ()
    is_repeated: bool = False
    kind: PackageKind = "conda"

    def as_json(self) -> dict[str, Any]:
        """Return the package and what is below it as plain data; what is `repeated` has nothing."""
        data: dict[str, Any] = {"name": self.name, "version": self.version, "kind": self.kind}
        if self.extra is not None:
            data["extra"] = self.extra
        if self.is_repeated:
            return data | {"repeated": True}
        return data | {"packages": [child.as_json() for child in self.children]}


@dataclass(frozen=True, slots=True)
class PackageTree:
    """A tree of locked packages, and where they are from; see `PackageList`."""

    environment: str
    platform: str
    roots: tuple[TreeNode, ...]
    installed_for: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the tree as plain data: `packages` within `packages`."""
        return {
            "environment": self.environment,
            "platform": self.platform,
            "packages": [root.as_json() for root in self.roots],
        }

    def __repr__(self) -> str:
        names = ", ".join(root.name for root in self.roots)
        return f"<{type(self).__name__} of {self.environment} on {self.platform}: {names}>"


def locked_tree(
    workspace: OpenedWorkspace,
    environment: str | None = None,
    platform: str | None = None,
    *,
    pattern: str | None = None,
    inverted: bool = False,
    usage: LockUsage = AS_NEEDED,
) -> PackageTree:
    """Return what an environment needs, or with `inverted` who needs what fits the pattern.

    Raises what `look_up` raises, and `WispError` if nothing fits.
    """
    view = look_up(workspace, environment, platform, usage)
    if inverted:
        roots = dependents_tree(view.lock, view.inputs, pattern or "")
    else:
        roots = dependency_tree(view.lock, view.inputs, pattern)
    name, where = view.inputs.environment, view.inputs.platform.name
    return PackageTree(name, where, roots, view.installed_for)


def dependency_tree(
    lock: LockFile, inputs: EnvironmentInputs, pattern: str | None = None
) -> tuple[TreeNode, ...]:
    """Return what an environment needs, from the packages of the manifest on.

    `pattern` chooses among these, or among all packages if it fits none of them. A package is
    followed where it stands first. Raises `WispError` if nothing fits.
    """
    return _needs(_graph(lock, inputs), _roots(inputs), pattern)


def dependents_tree(
    lock: LockFile, inputs: EnvironmentInputs, pattern: str
) -> tuple[TreeNode, ...]:
    """Return who needs the packages that fit a pattern. Raises `WispError` if nothing fits."""
    return _dependents(_graph(lock, inputs), _roots(inputs), pattern)


def tree_of(
    records: Sequence[Record],
    subdir: str,
    roots: Sequence[str],
    pattern: str | None = None,
    *,
    upwards: bool = False,
) -> tuple[TreeNode, ...]:
    """Return either tree of packages that no lock names; `roots` are those that were asked for."""
    graph = dependency_graph(records, subdir, {})
    if upwards:
        return _dependents(graph, sorted(roots), pattern or "")
    return _needs(graph, sorted(roots), pattern)


def _needs(
    graph: Mapping[str, PackageNode], asked: Sequence[str], pattern: str | None
) -> tuple[TreeNode, ...]:
    roots = [name for name in asked if name in graph]
    if pattern is not None:
        search = compiled(pattern).search
        roots = [name for name in roots if search(name)] or sorted(filter(search, graph))
        if not roots:
            raise _nothing_found(pattern, graph)
    return tuple(_siblings([Edge(name) for name in roots], graph, set()))


def _dependents(
    needs: Mapping[str, PackageNode], explicit: Sequence[str], pattern: str
) -> tuple[TreeNode, ...]:
    graph = inverted(needs)
    matches = sorted(filter(compiled(pattern).search, graph))
    if not matches:
        raise _nothing_found(pattern, graph)
    seen: set[str] = set()
    roots: list[TreeNode] = []
    for name in sorted(matches, key=lambda name: name not in explicit):
        seen.add(name)
        children = tuple(_siblings(graph[name].needs, graph, seen))
        roots.append(TreeNode(name, graph[name].version, children=children, kind=graph[name].kind))
    return tuple(roots)


def _graph(lock: LockFile, inputs: EnvironmentInputs) -> Mapping[str, PackageNode]:
    environment = lock.environments.get(inputs.environment)
    records = environment.packages.get(inputs.platform.name, ()) if environment else ()
    return dependency_graph(records, inputs.platform.subdir, asked_extras(inputs))


def asked_extras(inputs: EnvironmentInputs) -> dict[str, frozenset[str]]:
    """Return the extras that the manifest asks for, by the names of packages."""
    extras: dict[str, frozenset[str]] = {}
    for requirement in inputs.pypi_dependencies:
        known = extras.get(requirement.normalized, frozenset())
        extras[requirement.normalized] = known | frozenset(map(normalize, requirement.spec.extras))
    for wanted in inputs.dependencies:
        extras[wanted.name] = extras.get(wanted.name, frozenset()) | frozenset(wanted.spec.extras)
    return extras


def _roots(inputs: EnvironmentInputs) -> Sequence[str]:
    conda = {requirement.name for requirement in inputs.dependencies}
    return sorted(conda | {requirement.normalized for requirement in inputs.pypi_dependencies})


def _siblings(
    edges: Sequence[Edge], graph: Mapping[str, PackageNode], seen: set[str]
) -> Iterator[TreeNode]:
    """Follow edges depth first, and each package once."""
    for edge in edges:
        node = graph[edge.name]
        if edge.name in seen:
            yield TreeNode(node.name, node.version, edge.extra, is_repeated=True, kind=node.kind)
            continue
        seen.add(edge.name)
        yield TreeNode(
            node.name,
            node.version,
            edge.extra,
            tuple(_siblings(node.needs, graph, seen)),
            kind=node.kind,
        )


def _nothing_found(pattern: str, names: Iterable[str]) -> WispError:
    return WispError(
        "Couldn't print the dependency tree",
        causes=(f"no locked package has a name that fits '{pattern}'",),
        hints=mistyped(pattern, names) or ("`pixi list` shows what is locked",),
    )
