"""`[feature]`, `[target]` and `[environments]`, and the root tables that are a feature too."""

from __future__ import annotations

from wisp.compat import subdir_key
from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.channels import read_channel_priority, read_channels, read_solve_strategy
from wisp.manifest.conda_tables import read_requirements, read_sources
from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_text_map, as_texts, as_version, wrong_kind
from wisp.manifest.model import ActivationTable, Environment, Feature, SystemRequirements, Target
from wisp.manifest.pypi_options import read_pypi_options
from wisp.manifest.pypi_tables import read_pypi_requirements
from wisp.manifest.tasks import read_tasks
from wisp.patterns import pattern
from wisp.specs.inside import is_one_part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ENVIRONMENT_NAME = pattern(r"[a-z0-9-]+")
_PACKAGE_ONLY = ("host-dependencies", "build-dependencies")


def read_target(table: Table, *, inline: bool = False) -> Target:
    """Read the tables that may be given per platform. `inline`: those of an environment."""
    dependencies = read_requirements(table, "dependencies")
    host, build = (() if inline else _read_package_only(table, key) for key in _PACKAGE_ONLY)
    return Target(
        dependencies=dependencies,
        host_dependencies=host,
        build_dependencies=build,
        constraints=read_requirements(table, "constraints", "forbidden"),
        dev=read_sources(table, "dev"),
        pypi_dependencies=read_pypi_requirements(table, "pypi-dependencies"),
        activation=_read_activation(table),
        tasks=read_tasks(table),
    )


def _read_package_only(table: Table, key: str) -> tuple[Any, ...]:
    """Read host and build dependencies: left-overs of the time before `[package]`."""
    if key in table:
        if table.notes.builds:
            raise Fault(
                "build-, host- and run-dependency sections are only valid for packages",
                (*table.path, key),
                mark="key",
                hints=(f"Move the table to `[package.{key}]`",),
            )
        table.warn(
            f"`[{key}]` is deprecated outside of `[package]`, its entries are treated as "
            "`[dependencies]`"
        )
    return read_requirements(table, key)


def _read_activation(parent: Table) -> ActivationTable:
    table = parent.table("activation")
    if table is None:
        return ActivationTable()
    activation = ActivationTable(table.texts("scripts"), table.read("env", as_text_map) or {})
    table.finish()
    for name in activation.env:
        if not (name.isidentifier() and name.isascii()):
            table.warn(f"the variable '{name}' is not set: shells know no such name", located=True)
    return activation


def read_default_feature(root: Table) -> Feature:
    """Read the tables at the root of a manifest; the caller finishes the table."""
    return Feature(
        name=DEFAULT_FEATURE,
        base=read_target(root),
        targets=tuple(_read_targets(root, inline=False)),
        system_requirements=_read_system_requirements(root),
        pypi_options=read_pypi_options(root),
    )


def _read_feature(name: str, table: Table, *, inline: bool = False) -> Feature:
    return Feature(
        name=name,
        base=read_target(table, inline=inline),
        targets=tuple(_read_targets(table, inline=inline)),
        platforms=table.texts("platforms"),
        channels=read_channels(table),
        channel_priority=read_channel_priority(table),
        solve_strategy=read_solve_strategy(table),
        system_requirements=SystemRequirements() if inline else _read_system_requirements(table),
        pypi_options=read_pypi_options(table),
    )


def _read_targets(parent: Table, *, inline: bool) -> list[tuple[str, Target]]:
    table = parent.table("target")
    found: list[tuple[str, Target]] = []
    if table is None:
        return found
    for selector, inner in table.tables():
        if selector.startswith("if("):
            raise Fault(
                "conditional selectors are only supported in `[package]` tables",
                inner.path,
                mark="key",
            )
        found.append((selector, read_target(inner, inline=inline)))
        inner.finish()
    return found


def read_features(parent: Table) -> dict[str, Feature]:
    """Read `[feature.*]` in the order of the file."""
    table = parent.table("feature")
    found: dict[str, Feature] = {}
    if table is None:
        return found
    for name, inner in table.tables():
        if name == DEFAULT_FEATURE:
            raise Fault(
                "The feature 'default' is reserved and cannot be redefined",
                inner.path,
                mark="key",
                hints=("Use the tables at the root of the manifest for the default feature",),
            )
        found[name] = _read_feature(name, inner)
        inner.finish()
    return found


def _read_system_requirements(parent: Table) -> SystemRequirements:
    table = parent.table("system-requirements")
    if table is None:
        return SystemRequirements()
    table.warn(_instead_of_requirements(table), located=True)
    family, version = _read_libc(table)
    found = SystemRequirements(
        linux=table.read("linux", as_version),
        cuda=table.read("cuda", as_version),
        macos=table.read("macos", as_version),
        libc_family=family,
        libc_version=version,
        archspec=table.text("archspec"),
    )
    table.finish()
    return found


def _instead_of_requirements(table: Table) -> str:
    """Word what is written today; a platform that only a feature is for needs a name."""
    cuda = table.data.get("cuda", "12")
    entry = f'{subdir_key(table.notes.level)} = "linux-64", cuda = "{cuda}"'
    if table.path[-3:-2] != ("feature",):
        row = f"platforms = [{{ {entry} }}]"
        return (
            "`system-requirements` is deprecated, declare the virtual packages with the platforms "
            f"of the workspace instead: {row}"
        )
    row = f'platforms = [{{ name = "my-linux-64", {entry} }}]'
    return (
        "`system-requirements` is deprecated, declare the virtual packages with a platform of the "
        f"workspace instead, and name it in the feature: {row} below `[workspace]`, "
        f'platforms = ["my-linux-64"] below `[feature.{table.path[-2]}]`'
    )


def _read_libc(table: Table) -> tuple[str | None, str | None]:
    value = table.raw("libc")
    path = (*table.path, "libc")
    if value is None:
        return None, None
    if not isinstance(value, dict):
        return "glibc", as_version(value, path)
    inner = Table(value, path, table.notes)
    family = inner.text("family") or "glibc"
    version = as_version(inner.required("version"), (*path, "version"))
    inner.finish()
    return family, version


def read_environments(parent: Table) -> dict[str, Environment]:
    """Read `[environments]` in the order of the file, without checking what features exist."""
    table = parent.table("environments")
    if table is None:
        return {}
    found: dict[str, Environment] = {}
    for name, value, path in table.items():
        if not _ENVIRONMENT_NAME.fullmatch(name):
            raise Fault(
                f"Failed to parse environment name '{name}', please use only lowercase letters, "
                "numbers and dashes",
                path,
                mark="key",
            )
        found[name] = _read_environment(name, value, path, table)
    return found


def _read_environment(name: str, value: Any, path: ValuePath, parent: Table) -> Environment:
    if isinstance(value, list):
        return Environment(name=name, features=as_texts(value, path))
    if not isinstance(value, dict):
        raise wrong_kind("an array or a table", value, path)
    table = Table(value, path, parent.notes)
    features = table.texts("features") or ()
    solve_group = table.text("solve-group")
    if solve_group is not None and not is_one_part(solve_group):
        raise table.fault(
            f"the solve group {solve_group!r} is no name: it is also a folder's", "solve-group"
        )
    no_default = table.flag("no-default-feature") or False
    settings = set(table.known)
    inline = _read_feature(name, table, inline=True) if set(table.data) - settings else None
    table.finish()
    return Environment(
        name=name,
        features=features,
        solve_group=solve_group,
        no_default_feature=no_default,
        inline=inline,
    )
