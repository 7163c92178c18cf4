"""What is installed for the user, as rows for listings and programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wisp.api.views.dependency_tree import TreeNode, tree_of
from wisp.api.views.inspect import PackageRow, chosen_rows, compiled, record_rows
from wisp.errors import ManifestError
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.api.toolbox.tools import Tools
    from wisp.api.views.inspect import SortKey
    from wisp.toolbox.manifest import ToolEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRow:
    """An environment with what is installed of it.

    `dependencies` are the packages that it asks for, with the version that is there, None for one
    that is not. `exposed` are pairs of name and executable.
    """

    name: str
    dependencies: tuple[tuple[str, str | None], ...]
    exposed: tuple[tuple[str, str], ...]
    shortcuts: tuple[str, ...] = ()
    platform: str | None = None
    in_order: bool = True

    @property
    def version(self) -> str | None:
        """The version of the package that the environment is named after."""
        return dict(self.dependencies).get(self.name)

    @property
    def is_obvious(self) -> bool:
        """Whether no package has another name than it."""
        return all(name == self.name for name, _ in self.dependencies)

    def as_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        row: dict[str, Any] = {
            "name": self.name,
            "dependencies": [
                {"name": name, "version": version} for name, version in self.dependencies
            ],
            "exposed": [
                {"exposed_name": name, "executable": executable}
                for name, executable in self.exposed
            ],
        }
        return row if self.platform is None else row | {"platform": self.platform}


def environment_rows(
    tools: Tools, pattern: str | None = None, only: Iterable[str] | None = None
) -> tuple[ToolRow, ...]:
    """Return the environments of the manifest, sorted by name.

    `pattern` is a regular expression for names, `only` names those that are wanted. Raises
    `ManifestError` for names of which there is none.
    """
    chosen = sorted(tools.box.environments.values(), key=lambda one: one.name)
    if only is not None:
        names = {tools.box.environment(name).name for name in only}
        chosen = [one for one in chosen if one.name in names]
    if pattern is not None:
        search = compiled(pattern).search
        chosen = [one for one in chosen if search(one.name)]
    return tuple(_row(tools, one) for one in chosen)


def _row(tools: Tools, environment: ToolEnvironment) -> ToolRow:
    versions = tools.installed(environment.name).versions()
    return ToolRow(
        name=environment.name,
        dependencies=tuple((name, versions.get(name)) for name in environment.direct),
        exposed=tuple((one.name, one.executable) for one in environment.exposed),
        shortcuts=environment.shortcuts,
        platform=environment.platform,
        in_order=tools.in_order(environment),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContents:
    """The packages of one environment, and what else its manifest says."""

    rows: tuple[PackageRow, ...]
    exposed: tuple[str, ...]
    channels: tuple[str, ...]
    platform: str | None


def contents(
    tools: Tools, name: str, pattern: str | None = None, sort_by: SortKey = "name"
) -> ToolContents:
    """Return what is installed in an environment. Raises `ManifestError` for an unknown one."""
    environment = tools.box.environment(name)
    records = [one.record for one in tools.installed(name).packages()]
    asked = {one.name: one.spec.version or "*" for one in environment.dependencies}
    rows = chosen_rows(record_rows(records, asked), pattern, sort_by=sort_by)
    return ToolContents(
        rows=rows,
        exposed=tuple(map(str, environment.exposed)),
        channels=tuple(entry.channel for entry in environment.channels),
        platform=environment.platform,
    )


def tool_tree(
    tools: Tools, name: str, pattern: str | None = None, *, inverted: bool = False
) -> tuple[TreeNode, ...]:
    """Return what the packages of an environment need, or who needs them.

    Raises `ManifestError` for an unknown environment or one that is not installed, `WispError`
    if nothing fits the pattern.
    """
    environment = tools.box.environment(name)
    packages = tools.installed(name).packages()
    records: Mapping[str, Any] = {one.record.name: one.record for one in packages}
    if not records:
        raise ManifestError(
            f"Environment {name} is not installed", hints=("`pixi global sync` installs it",)
        )
    subdir = tools.subdir(environment)
    roots = [one.name for one in environment.dependencies]
    return tree_of(tuple(records.values()), subdir, roots, pattern, upwards=inverted)
