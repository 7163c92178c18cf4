"""Requirements of `[package]`: checked for shape, and kept as written for the build back-end."""

from __future__ import annotations

from collections.abc import Iterator

from wisp.manifest.conda_tables import package_name
from wisp.manifest.getters import Table, wrong_kind
from wisp.manifest.package_model import PackageRequirement, PackageRequirements

_RUN_EXPORTS = ("weak", "strong", "noarch", "weak-constraints", "strong-constraints")
_CONDITION, _END = "if(", ")"


def read_package_requirements(table: Table) -> PackageRequirements:
    """Read the requirements of a package, or of one of its targets."""
    named = (f"{kind}-dependencies" for kind in ("build", "host", "run"))
    build, host, run = (read_listed(table, key) for key in named)
    constraints = read_listed(table, "run-constraints")
    extras = {name: tuple(_listed(one)) for name, one in table.below("extra-dependencies").tables()}
    exports = table.below("run-exports")
    run_exports = {kind: listed for kind in _RUN_EXPORTS if (listed := read_listed(exports, kind))}
    exports.finish()
    return PackageRequirements(
        build=build,
        host=host,
        run=run,
        constraints=constraints,
        extras=extras,
        run_exports=run_exports,
    )


def read_listed(parent: Table, key: str) -> tuple[PackageRequirement, ...]:
    """Read a table of requirements, nothing where it is missing; in the order of the file."""
    return tuple(_listed(parent.below(key)))


def _listed(table: Table, conditions: tuple[str, ...] = ()) -> Iterator[PackageRequirement]:
    """Yield what a table asks for; conditional tables within it hold more of the same."""
    for name, value, path in table.items():
        if name.startswith(_CONDITION):
            condition = name.removeprefix(_CONDITION).removesuffix(_END)
            yield from _listed(Table(value, path, table.notes), (*conditions, condition))
        elif isinstance(value, str | dict):
            yield PackageRequirement(package_name(name, path), value, conditions)
        else:
            package_name(name, path)
            raise wrong_kind("a string or a table", value, path)
