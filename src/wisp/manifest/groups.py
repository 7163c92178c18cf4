"""Extras and dependency groups of a pyproject, with what they include resolved (PEP 735)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_array, wrong_kind
from wisp.manifest.requirements import parse_requirement
from wisp.specs.pypi import PypiRequirement, normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_Requirements = tuple[PypiRequirement, ...]
_Names = tuple[str, ...]

#: So many may include each other in a row, and bring so many requirements together. Honest ones
#: stay far below; without a bound a few lines that include each other twice are read for ever.
_DEEPEST, _MOST = 100, 100_000


def read_groups(
    root: Table, project: str | None, extras: dict[str, _Requirements]
) -> dict[str, _Requirements]:
    """Return the requirements of each extra and group; a group hides the extra of its name.

    Requirements on the project itself with extras (`name[extra]`) are replaced by those extras.
    """
    own = _Extras(extras, project)
    resolved = {name: own.included.of(name) for name in extras if project}
    table = root.below("dependency-groups")
    groups = _Groups(table, own).included
    return resolved | {name: groups.of(name) for name in table.data}


class _Included:
    """What extras or groups come to with all that they include, each found out once.

    `parts` gives what one of them asks for, and is told which have led to it.
    """

    def __init__(
        self, what: str, parts: Callable[[str, _Names], Iterator[PypiRequirement]]
    ) -> None:
        self._what = what
        self._parts = parts
        self._known: dict[str, _Requirements] = {}
        self._left = _MOST

    def of(self, name: str, chain: _Names = ()) -> _Requirements:
        """Return the requirements of one, each of them once. Raises `Fault` for a cycle."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = tuple(dict.fromkeys(self._counted(name, chain)))
        return known

    def _counted(self, name: str, chain: _Names) -> Iterator[PypiRequirement]:
        if name in chain:
            cycle = " -> ".join((*chain, name))
            raise Fault(f"Detected a cycle in {self._what}: {cycle}", mark="nothing")
        if len(chain) == _DEEPEST:
            raise Fault(
                f"More than {_DEEPEST} {self._what} include each other in a row", mark="nothing"
            )
        for requirement in self._parts(name, (*chain, name)):
            self._left -= 1
            if self._left < 0:
                raise Fault(
                    f"The {self._what} include more than {_MOST} requirements", mark="nothing"
                )
            yield requirement


class _Extras:
    """The extras of a project."""

    def __init__(self, extras: dict[str, _Requirements], project: str | None) -> None:
        self._extras = extras
        self._project = None if project is None else normalize(project)
        self._names = {normalize(name): name for name in extras}
        self.included = _Included("optional dependencies", self._parts)

    def _parts(self, name: str, chain: _Names) -> Iterator[PypiRequirement]:
        for requirement in self._extras[name]:
            yield from self.expand(requirement, chain)

    def expand(self, requirement: PypiRequirement, chain: _Names = ()) -> Iterator[PypiRequirement]:
        """Give the requirement, or what the project's own extras named by it require."""
        if self._project is None or requirement.normalized != self._project:
            yield requirement
            return
        for extra in requirement.spec.extras:
            name = self._names.get(normalize(extra))
            if name is not None:
                yield from self.included.of(name, chain)


class _Groups:
    """The dependency groups of a file."""

    def __init__(self, table: Table, extras: _Extras) -> None:
        self._table = table
        self._extras = extras
        self._names = {normalize(name): name for name in table.data}
        self.included = _Included("dependency groups", self._parts)

    def _parts(self, name: str, chain: _Names) -> Iterator[PypiRequirement]:
        path = (*self._table.path, name)
        for index, item in enumerate(as_array(self._table.data[name], path)):
            yield from self._item(item, (*path, index), chain)

    def _item(self, item: Any, path: ValuePath, chain: _Names) -> Iterator[PypiRequirement]:
        if isinstance(item, str):
            requirement = parse_requirement(item, path, str(self._table.notes.root))
            yield from self._extras.expand(requirement)
            return
        if not isinstance(item, dict):
            raise wrong_kind("a string or a table", item, path)
        table = Table(item, path, self._table.notes)
        included = table.required_text("include-group")
        table.finish()
        name = self._names.get(normalize(included))
        if name is None:
            raise Fault(
                f"Failed to find group '{included}' included here", (*path, "include-group")
            )
        yield from self.included.of(name, chain)
