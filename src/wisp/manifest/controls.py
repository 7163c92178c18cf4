"""Where a manifest may have control characters: in commands, descriptions and values."""

from __future__ import annotations

from collections.abc import Mapping

from wisp.manifest.faults import Fault
from wisp.specs.controls import ValuePath, find_control

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.manifest.model import ManifestKind

_FREE = frozenset(
    {"cmd", "description", "env", "args", "default", "authors", "license", "labels"}
    | {"config", "configuration", "secrets", "command"}
)
#: What of `[project]` wisp reads; the rest of a pyproject.toml is others'.
_PROJECT = ("name", "version", "requires-python", "dependencies", "optional-dependencies")


def refuse_controls(data: Mapping[str, Any], kind: ManifestKind) -> None:
    """Refuse control characters in names, versions, addresses, paths and keys.

    Raises:
        Fault: There is one.

    """
    for table, path in _tables(data, kind):
        found = find_control(table, _is_free)
        if found is not None:
            raise Fault("a control character cannot stand here", (*path, *found))


def _tables(data: Mapping[str, Any], kind: ManifestKind) -> list[tuple[Any, ValuePath]]:
    if kind in ("pixi", "mojoproject"):
        return [(data, ())]
    pixi = data.get("tool")
    tables: list[tuple[Any, ValuePath]] = []
    if isinstance(pixi, dict):
        tables.append((pixi.get("pixi"), ("tool", "pixi")))
    project = data.get("project")
    if isinstance(project, dict):
        tables += [(project.get(name), ("project", name)) for name in _PROJECT]
    groups = data.get("dependency-groups", data.get("dependencies"))
    return [*tables, (groups, ())]


def _is_free(path: ValuePath) -> bool:
    return not _FREE.isdisjoint(path) or path[-2:-1] == ("tasks",)
