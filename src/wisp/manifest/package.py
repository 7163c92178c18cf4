"""`[package]`: what a build back-end is told. Checked for shape, kept as plain data."""

from __future__ import annotations

from typing import Any

from wisp.manifest.conda_tables import package_name
from wisp.manifest.faults import Fault
from wisp.manifest.getters import Table, as_text, wrong_kind
from wisp.manifest.locations import read_location
from wisp.manifest.model import PackageTable, WorkspaceTable
from wisp.manifest.positions import ValuePath
from wisp.manifest.workspace_table import as_version

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
_REQUIREMENTS = ("build-dependencies", "host-dependencies", "run-dependencies", "run-constraints")
_RUN_EXPORTS = ("weak", "strong", "noarch", "weak-constraints", "strong-constraints")
_BACKEND_TEXTS = (
    "version",
    "build",
    "build-number",
    "channel",
    "file-name",
    "license",
    "license-family",
    "subdir",
)
_NEEDS_PREVIEW = "[package] section is only allowed when the `pixi-build` preview flag is enabled"


def read_package(root: Table, workspace: WorkspaceTable | None) -> PackageTable | None:
    """Read the table if it is there. `workspace` gives the values it inherits."""
    table = root.table("package")
    if table is None:
        return None
    if workspace is not None and not root.notes.builds:
        raise Fault(
            _NEEDS_PREVIEW,
            table.path,
            mark="key",
            hints=('Add `preview = ["pixi-build"]` to the `workspace` table',),
        )
    values = {key: _inherit(table, key, workspace) for key in _INHERITED}
    table.flag("publish")
    _check_requirements(table)
    _check_build(table)
    for _, inner in table.below("target").tables():
        _check_requirements(inner)
        inner.finish()
    table.finish()
    version = values["version"]
    return PackageTable(name=values["name"], version=version, raw=table.data)


def _inherit(table: Table, key: str, workspace: WorkspaceTable | None) -> Any:
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


def _check_requirements(table: Table) -> None:
    for key in _REQUIREMENTS:
        _check_specs(table.table(key))
    for _, group in table.below("extra-dependencies").tables():
        _check_specs(group)
    exports = table.below("run-exports")
    for key in _RUN_EXPORTS:
        _check_specs(exports.table(key))
    exports.finish()


def _check_specs(table: Table | None) -> None:
    """Check names and kinds; conditional sub-tables hold more of the same."""
    if table is None:
        return
    for name, value, path in table.items():
        if name.startswith("if("):
            _check_specs(Table(value, path, table.notes))
        else:
            package_name(name, path)
            _check_spec(value, path)


def _check_spec(value: Any, path: ValuePath) -> None:
    if not isinstance(value, str | dict):
        raise wrong_kind("a string or a table", value, path)


def _check_build(parent: Table) -> None:
    table = parent.table("build")
    if table is None:
        raise parent.missing("build")
    _check_backend(table)
    source = table.table("source")
    if source is not None:
        if read_location(source) is None:
            raise source.fault("one of `path`, `git` or `url` must be specified")
        source.finish()
    for key in ("config", "configuration"):
        table.below(key)
    for _, inner in table.below("target").tables():
        inner.below("config")
        inner.finish()
    table.texts("flags")
    table.raw("build-number")
    table.text("build-string-prefix")
    table.texts("secrets")
    table.raw("channels")
    _check_specs(table.table("additional-dependencies"))
    table.finish()


def _check_backend(parent: Table) -> None:
    table = Table(parent.required("backend"), (*parent.path, "backend"), parent.notes)
    table.required_text("name")
    for key in _BACKEND_TEXTS:
        table.text(key)
    for key in ("extras", "flags", "track-features"):
        table.texts(key)
    for key in ("when", "channels"):
        table.raw(key)
    table.flag("workspace")
    _check_specs(table.table("additional-dependencies"))
    table.finish()
