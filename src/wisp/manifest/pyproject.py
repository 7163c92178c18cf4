"""What `pyproject.toml` adds to `[tool.pixi]`: `[project]`, extras, dependency groups, poetry.

Requirements become PyPI requirements of the default feature, extras and groups become features
of their own (PEP 621, PEP 735).
"""

from __future__ import annotations

from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_array, as_text, as_texts, wrong_kind
from wisp.manifest.groups import read_groups
from wisp.manifest.model import Feature, Target, WorkspaceTable
from wisp.manifest.requirements import parse_requirement, specifier_text
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.pypi import PypiRequirement
from wisp.specs.versions import VersionSyntaxError, parse_version_spec
from wisp.values import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: PEP 621, PEP 639 and PEP 794; anything else in `[project]` is a mistake.
_PROJECT_KEYS = (
    "name",
    "version",
    "description",
    "readme",
    "requires-python",
    "license",
    "license-files",
    "authors",
    "maintainers",
    "keywords",
    "classifiers",
    "urls",
    "entry-points",
    "scripts",
    "gui-scripts",
    "dependencies",
    "optional-dependencies",
    "dynamic",
    "import-names",
    "import-namespaces",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What the standard tables say. `groups` are extras and dependency groups by name."""

    name: str | None = None
    version: str | None = None
    description: str | None = None
    authors: tuple[str, ...] | None = None
    requires_python: str | None = None
    dependencies: tuple[PypiRequirement, ...] = ()
    groups: dict[str, tuple[PypiRequirement, ...]] = field(default_factory=dict)


def read_project(root: Table) -> Project:
    """Read the standard tables of a whole pyproject."""
    poetry = _read_poetry(root.data)
    table = root.table("project")
    if table is None:
        return replace(poetry, groups=read_groups(root, None, {}))
    name = table.required_text("name")
    for key in _PROJECT_KEYS:
        table.raw(key)
    table.finish()
    requires = table.read("requires-python", _requires_python)
    return Project(
        name=name,
        version=table.text("version") or poetry.version,
        description=table.text("description") or poetry.description,
        authors=table.read("authors", _authors) or poetry.authors,
        requires_python=requires,
        dependencies=_requirements(table, "dependencies"),
        groups=read_groups(root, name, _extras(table)),
    )


def read_script_project(root: Table, name: str) -> Project:
    """Read what a script says of itself beside its `[tool]` tables."""
    return Project(
        name=name,
        requires_python=root.read("requires-python", _requires_python),
        dependencies=_requirements(root, "dependencies"),
    )


def _requires_python(value: object, path: ValuePath) -> str:
    return specifier_text(as_text(value, path), path)


def _requirements(table: Table, key: str) -> tuple[PypiRequirement, ...]:
    texts = table.texts(key) or ()
    root = str(table.notes.root)
    return tuple(
        parse_requirement(text, (*table.path, key, index), root) for index, text in enumerate(texts)
    )


def _extras(project: Table) -> dict[str, tuple[PypiRequirement, ...]]:
    table = project.below("optional-dependencies")
    return {name: _requirements(table, name) for name in table.data}


def _authors(value: object, path: ValuePath) -> tuple[str, ...]:
    found = []
    for index, item in enumerate(as_array(value, path)):
        if not isinstance(item, dict):
            raise wrong_kind("a table", item, (*path, index))
        name, mail = item.get("name", ""), item.get("email")
        found.append(f"{name} <{mail}>".strip() if mail else str(name))
    return tuple(found)


def _read_poetry(data: dict[str, Any]) -> Project:
    """Take version, description and authors from `[tool.poetry]`, if they are as they should."""
    poetry = data.get("tool", {}).get("poetry", {})
    texts = {
        key: poetry[key] for key in ("version", "description") if isinstance(poetry.get(key), str)
    }
    authors = poetry.get("authors")
    known = as_texts(authors, ("tool", "poetry", "authors")) if authors else None
    return Project(authors=known, **texts)


def fill_workspace(workspace: WorkspaceTable, project: Project) -> WorkspaceTable:
    """Fill what `[tool.pixi.workspace]` leaves out."""
    return replace(
        workspace,
        name=workspace.name or project.name or "",
        version=workspace.version or project.version,
        description=workspace.description or project.description,
        authors=workspace.authors or project.authors,
    )


def fill_default(feature: Feature, project: Project) -> Feature:
    """Add Python itself and the project's requirements to the default feature."""
    base = feature.base
    if all(requirement.name != "python" for requirement in base.dependencies):
        base = replace(base, dependencies=(*base.dependencies, _python(project.requires_python)))
    return replace(feature, base=_with_pypi(base, project.dependencies))


def _python(requires: str | None) -> CondaRequirement:
    """Turn `requires-python` into a conda requirement, any version if there is none."""
    text = (requires or "*").removeprefix("==")
    try:
        version = parse_version_spec(text).text
    except VersionSyntaxError as error:
        raise Fault(str(error), ("project", "requires-python")) from None
    return CondaRequirement("python", CondaSpec(version=version))


def fill_features(features: dict[str, Feature], project: Project) -> dict[str, Feature]:
    """Add the requirements of extras and groups to the features of their names."""
    filled = dict(features)
    for name, requirements in project.groups.items():
        feature = filled.get(name, Feature(name=name))
        filled[name] = replace(feature, base=_with_pypi(feature.base, requirements))
    return filled


def _with_pypi(target: Target, requirements: tuple[PypiRequirement, ...]) -> Target:
    return replace(target, pypi_dependencies=(*target.pypi_dependencies, *requirements))
