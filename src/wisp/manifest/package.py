"""`[package]`: the metadata of a package that is built, some of it taken from the workspace."""

from __future__ import annotations

from wisp.manifest.faults import Fault
from wisp.manifest.getters import Table, as_text, as_version
from wisp.manifest.model import WorkspaceTable
from wisp.manifest.package_build import read_build
from wisp.manifest.package_model import PackageRequirements, PackageTable
from wisp.manifest.package_requirements import read_package_requirements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INHERITED = (
    "name",
    "version",
    "description",
    "authors",
    "license",
    "license-file",
    "readme",
    "homepage",
    "repository",
    "documentation",
)
_NEEDS_PREVIEW = "[package] section is only allowed when the `pixi-build` preview flag is enabled"


def read_package(table: Table, workspace: WorkspaceTable) -> PackageTable:
    """Read the table; `workspace` gives the values it inherits."""
    if not table.notes.builds:
        raise Fault(
            _NEEDS_PREVIEW,
            table.path,
            mark="key",
            hints=('Add `preview = ["pixi-build"]` to the `workspace` table',),
        )
    values = {key.replace("-", "_"): _inherit(table, key, workspace) for key in _INHERITED}
    found = PackageTable(
        **values,
        publish=table.flag("publish"),
        requirements=read_package_requirements(table),
        build=read_build(table),
        targets={name: _read_target(one) for name, one in table.below("target").tables()},
    )
    table.finish()
    return found


def _inherit(table: Table, key: str, workspace: WorkspaceTable) -> Any:
    """Return a value of the package or, with `{ workspace = true }`, that of the workspace."""
    value = table.raw(key)
    path = (*table.path, key)
    if isinstance(value, dict):
        inner = Table(value, path, table.notes)
        if inner.flag("workspace") is not True:
            raise inner.fault("`workspace` cannot be false")
        inner.finish()
        inherited = getattr(workspace, key.replace("-", "_"), None)
        if not inherited:
            raise inner.fault(f"the workspace does not define a '{key}'")
        return inherited
    if value is None:
        return None
    if key == "authors":
        return table.texts(key)
    return as_version(value, path) if key == "version" else as_text(value, path)


def _read_target(table: Table) -> PackageRequirements:
    found = read_package_requirements(table)
    table.finish()
    return found
