"""Extras and dependency groups of a pyproject, with what they include resolved (PEP 735)."""

from __future__ import annotations

from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_array, wrong_kind
from wisp.manifest.requirements import parse_requirement
from wisp.specs.pypi import PypiRequirement, normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_Requirements = tuple[PypiRequirement, ...]


def read_groups(
    root: Table, project: str | None, extras: dict[str, _Requirements]
) -> dict[str, _Requirements]:
    """Return the requirements of each extra and group; a group hides the extra of its name.

    Requirements on the project itself with extras (`name[extra]`) are replaced by those extras.
    """
    resolved = {name: _resolve_extra(name, extras, project, (name,)) for name in extras if project}
    table = root.below("dependency-groups")
    resolver = _Groups(table, extras, project)
    return resolved | {name: resolver.resolve(name, (name,)) for name in table.data}


def _resolve_extra(
    name: str, extras: dict[str, _Requirements], project: str | None, chain: tuple[str, ...]
) -> _Requirements:
    found: list[PypiRequirement] = []
    for requirement in extras[name]:
        found += _expand(requirement, extras, project, chain)
    return tuple(found)


def _expand(
    requirement: PypiRequirement,
    extras: dict[str, _Requirements],
    project: str | None,
    chain: tuple[str, ...],
) -> _Requirements:
    """Return the requirement, or what the project's own extras named by it require."""
    if project is None or requirement.normalized != normalize(project):
        return (requirement,)
    names = {normalize(name): name for name in extras}
    found: list[PypiRequirement] = []
    for extra in requirement.spec.extras:
        name = names.get(normalize(extra))
        if name is None:
            continue
        _refuse_cycle(name, chain, "optional dependencies")
        found += _resolve_extra(name, extras, project, (*chain, name))
    return tuple(found)


def _refuse_cycle(name: str, chain: tuple[str, ...], what: str) -> None:
    if name in chain:
        cycle = " -> ".join((*chain, name))
        raise Fault(f"Detected a cycle in {what}: {cycle}", mark="nothing")


class _Groups:
    """The dependency groups of a file, resolved one by one."""

    def __init__(self, table: Table, extras: dict[str, _Requirements], project: str | None) -> None:
        self.table = table
        self.extras = extras
        self.project = project
        self.names = {normalize(name): name for name in table.data}

    def resolve(self, name: str, chain: tuple[str, ...]) -> _Requirements:
        path = (*self.table.path, name)
        found: list[PypiRequirement] = []
        for index, item in enumerate(as_array(self.table.data[name], path)):
            found += self._item(item, (*path, index), chain)
        return tuple(found)

    def _item(self, item: Any, path: ValuePath, chain: tuple[str, ...]) -> _Requirements:
        if isinstance(item, str):
            requirement = parse_requirement(item, path, str(self.table.notes.root))
            return _expand(requirement, self.extras, self.project, ())
        if not isinstance(item, dict):
            raise wrong_kind("a string or a table", item, path)
        table = Table(item, path, self.table.notes)
        included = table.required_text("include-group")
        table.finish()
        name = self.names.get(normalize(included))
        if name is None:
            raise Fault(
                f"Failed to find group '{included}' included here", (*path, "include-group")
            )
        _refuse_cycle(name, chain, "dependency groups")
        return self.resolve(name, (*chain, name))
