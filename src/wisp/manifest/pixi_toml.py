"""The tables of `pixi.toml`, which `[tool.pixi]` of a pyproject repeats."""

from __future__ import annotations

from wisp.layout import DEFAULT_ENVIRONMENT
from wisp.manifest.channels import read_cutoffs
from wisp.manifest.conda_tables import package_name
from wisp.manifest.exemptions import instead_of_cutoffs
from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.features import read_default_feature, read_environments, read_features
from wisp.manifest.getters import Notes, Table
from wisp.manifest.model import Environment, Feature, WorkspaceTable
from wisp.manifest.required_version import required_level
from wisp.manifest.workspace_table import read_preview, read_workspace
from wisp.specs.pypi import normalize
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.manifest.package_model import PackageTable

#: The sections of which a manifest needs one to be a manifest at all.
SECTIONS = ("workspace", "project", "package")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Everything that a manifest's own tables say, before other tables fill gaps."""

    workspace: WorkspaceTable
    default: Feature
    features: dict[str, Feature]
    environments: dict[str, Environment]
    package: PackageTable | None
    exclude_newer: dict[str, str]
    pypi_exclude_newer: dict[str, str]


def read_tables(data: dict[str, Any], prefix: ValuePath, notes: Notes, file: str) -> Tables:
    """Read all tables. `prefix` are the keys that lead to them in the file."""
    if notes.despite != "version":
        notes.level = required_level(data, prefix, notes.wish)
    root = Table(data, prefix, notes)
    section = _workspace_section(root, file)
    notes.preview = read_preview(section)
    notes.pool = _read_pool(section)
    workspace = read_workspace(section)
    conda = workspace.exclude_newer.cutoff
    pypi = workspace.pypi_exclude_newer.cutoff or conda
    found = Tables(
        workspace=workspace,
        default=read_default_feature(root),
        features=read_features(root),
        environments=with_default(read_environments(root)),
        exclude_newer=_names(_cutoffs(root, "exclude-newer", conda)),
        pypi_exclude_newer=_pypi_names(_cutoffs(root, "pypi-exclude-newer", pypi)),
        package=_read_package(root, workspace),
    )
    if not prefix:
        root.text("$schema")
        root.table("tool")
    root.finish()
    return found


def _read_package(root: Table, workspace: WorkspaceTable) -> PackageTable | None:
    """Read `[package]`; few manifests have it, and only those pay for what reads it."""
    table = root.table("package")
    if table is None:
        return None
    from wisp.manifest.package import read_package

    return read_package(table, workspace)


def _workspace_section(root: Table, file: str) -> Table:
    """Return `[workspace]`, or `[project]`, its name of old."""
    found = root.table("workspace")
    if found is not None:
        return found
    old = root.table("project")
    if old is None:
        dotted = "".join(f"{key}." for key in root.path)
        raise Fault(
            f"Missing table in manifest {file}: any of the following sections is required: "
            + ", ".join(f"[{dotted}{name}]" for name in SECTIONS),
            (),
            hints=(f"add a table `[{dotted}workspace]` that has `channels` and `platforms`",),
        )
    root.warn("The `project` field is deprecated. Use `workspace` instead.")
    return old


def _read_pool(section: Table) -> dict[str, Any]:
    """Read `[workspace.dependencies]` as plain data; entries are judged where they are used."""
    return {
        package_name(name, path): value
        for name, value, path in section.below("dependencies").items()
    }


def with_default(environments: dict[str, Environment]) -> dict[str, Environment]:
    """Put the default environment first unless the file declares it somewhere."""
    if DEFAULT_ENVIRONMENT in environments:
        return environments
    return {DEFAULT_ENVIRONMENT: Environment(name=DEFAULT_ENVIRONMENT), **environments}


def _cutoffs(root: Table, key: str, general: str | None) -> dict[str, str]:
    """Read the cut-offs of single packages, which exemptions have taken the place of."""
    found = read_cutoffs(root, key)
    if found and root.notes.level.has("cut-offs of single packages are deprecated"):
        root.below(key).warn(instead_of_cutoffs(key, found, root.path, general), located=True)
    return found


def _names(cutoffs: dict[str, str]) -> dict[str, str]:
    return {name.lower(): text for name, text in cutoffs.items()}


def _pypi_names(cutoffs: dict[str, str]) -> dict[str, str]:
    return {normalize(name): text for name, text in cutoffs.items()}
