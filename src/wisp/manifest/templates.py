"""The texts of new manifests and of the files that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wisp.manifest.edit.literals import Data, key, literal
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Scm = Literal["github", "gitlab", "codeberg"]


GITIGNORE = "# pixi environments\n.pixi/*\n!.pixi/config.toml\n"
_GITATTRIBUTES = {
    "github": (
        "# SCM syntax highlighting & preventing 3-way merges\n"
        "pixi.lock merge=binary linguist-language=YAML linguist-generated=true -diff\n"
    ),
    "gitlab": (
        "# GitLab syntax highlighting & preventing 3-way merges\n"
        "pixi.lock merge=binary gitlab-language=yaml gitlab-generated=true -diff\n"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWorkspace:
    """What a new manifest says.

    `author` is a name and a mail address. `conda_pypi_map` is written as it is given: False, or
    channels with where their names are found. `index_url` and `extra_index_urls` fill
    `[pypi-options]`. `exclude_newer` is a cut-off, or a table of one and exemptions.
    """

    name: str
    channels: Sequence[str]
    platforms: Sequence[str]
    version: str = "0.1.0"
    author: tuple[str, str] | None = None
    conda_pypi_map: Literal[False] | Mapping[str, str] | None = None
    index_url: str | None = None
    extra_index_urls: Sequence[str] = field(default=())
    exclude_newer: Data | None = None


def pixi_toml(start: NewWorkspace) -> str:
    """Write a new `pixi.toml` or `mojoproject.toml`."""
    workspace: dict[str, Data | None] = {
        "authors": [f"{start.author[0]} <{start.author[1]}>"] if start.author else None,
        "channels": start.channels,
        "name": start.name,
        "platforms": start.platforms,
        "version": start.version,
        "conda-pypi-map": start.conda_pypi_map,
    }
    tables = [_table("workspace", workspace)]
    options = _pypi_options(start)
    if options:
        tables.append(_table("pypi-options", options))
    return "\n".join([*tables, "[tasks]\n", "[dependencies]\n"])


def pyproject_toml(start: NewWorkspace) -> str:
    """Write a new `pyproject.toml` with a package that is installed editable."""
    author = start.author
    project: dict[str, Data | None] = {
        "authors": [{"name": author[0], "email": author[1]}] if author else None,
        "dependencies": [],
        "name": start.name,
        "requires-python": ">= 3.11",
        "version": start.version,
    }
    build = {"build-backend": "hatchling.build", "requires": ["hatchling"]}
    tables = [_table("project", project), _table("build-system", build)]
    return "\n".join([*tables, _pixi_tables(start, module_name(start.name), {}, named=True)])


def pyproject_tables(start: NewWorkspace, environments: Mapping[str, str], *, named: bool) -> str:
    """Write the tables that make an existing `pyproject.toml` a workspace.

    `environments` maps new environments to the features they are made of; `named` tells whether
    the file has a name already.
    """
    return _pixi_tables(start, start.name, environments, named=named)


def _pixi_tables(
    start: NewWorkspace, package: str, environments: Mapping[str, str], *, named: bool
) -> str:
    workspace: dict[str, Data | None] = {
        "name": None if named else start.name,
        "channels": start.channels,
        "platforms": start.platforms,
        "conda-pypi-map": start.conda_pypi_map,
    }
    tables = [_table("tool.pixi.workspace", workspace)]
    options = _pypi_options(start)
    if options:
        tables.append(_table("tool.pixi.pypi-options", options))
    editable: Data = {"path": ".", "editable": True}
    tables.append(_table("tool.pixi.pypi-dependencies", {package: editable}))
    if environments:
        rows: dict[str, Data | None] = {"default": {"solve-group": "default"}}
        for name in sorted(environments):
            rows[name] = {"features": [environments[name]], "solve-group": "default"}
        tables.append(_table("tool.pixi.environments", rows))
    return "\n".join([*tables, "[tool.pixi.tasks]\n"])


def script_block(channels: Sequence[str]) -> str:
    """Write the PEP 723 block of a new script; no channels mean the configured ones."""
    lines = ["/// script", 'requires-python = ">=3.11"', "dependencies = []"]
    if channels:
        lines += ["", "[tool.pixi.workspace]", f"channels = {literal(channels)}"]
    return "".join(f"# {line}".rstrip() + "\n" for line in [*lines, "///"])


def gitattributes(scm: Scm) -> str:
    """Write the lines that tell a host of git repositories what a lock file is."""
    return _GITATTRIBUTES["gitlab" if scm == "gitlab" else "github"]


def module_name(name: str) -> str:
    """Spell a project's name as the Python module that it becomes."""
    return name.lower().replace("-", "_").replace(".", "_")


def _pypi_options(start: NewWorkspace) -> dict[str, Data | None]:
    options: dict[str, Data | None] = {}
    if start.index_url:
        options["index-url"] = start.index_url
    if start.extra_index_urls:
        options["extra-index-urls"] = start.extra_index_urls
    return options


def _table(path: str, rows: Mapping[str, Data | None]) -> str:
    lines = [f"{key(name)} = {literal(data)}" for name, data in rows.items() if data is not None]
    return "".join(f"{line}\n" for line in (f"[{path}]", *lines))
