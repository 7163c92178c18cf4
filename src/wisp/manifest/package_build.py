"""`[package.build]`: which back-end builds a package, of what, and how it is set up."""

from __future__ import annotations

from wisp.manifest.channels import read_channels
from wisp.manifest.conditions import read_condition
from wisp.manifest.getters import Table, as_integer
from wisp.manifest.locations import read_location
from wisp.manifest.package_model import BuildBackend, BuildTable
from wisp.manifest.package_requirements import read_listed
from wisp.specs.locations import Location

_SPEC_TEXTS = (
    "version",
    "build",
    "build-number",
    "channel",
    "file-name",
    "license",
    "license-family",
    "subdir",
)
_SPEC_LISTS = ("extras", "flags", "track-features")


def read_build(parent: Table) -> BuildTable:
    """Read the table, which every package has to have."""
    table = parent.table("build")
    if table is None:
        raise parent.missing("build")
    backend = _read_backend(table)
    source = _read_source(table)
    configs = [table.below(key).data for key in ("config", "configuration")]
    found = BuildTable(
        backend=backend,
        source=source,
        config=configs[0] or configs[1],
        targets={name: _read_target(one) for name, one in table.below("target").tables()},
        flags=table.texts("flags") or (),
        number=table.read("build-number", as_integer),
        string_prefix=table.text("build-string-prefix"),
        secrets=table.texts("secrets") or (),
        channels=read_channels(table),
        additional=read_listed(table, "additional-dependencies"),
    )
    table.finish()
    return found


def _read_source(parent: Table) -> Location | None:
    table = parent.table("source")
    if table is None:
        return None
    location = read_location(table)
    if location is None:
        raise table.fault("one of `path`, `git` or `url` must be specified")
    table.finish()
    return location


def _read_target(table: Table) -> dict[str, object]:
    config = table.below("config").data
    table.finish()
    return config


def _read_backend(parent: Table) -> BuildBackend:
    table = Table(parent.required("backend"), (*parent.path, "backend"), parent.notes)
    name = table.required_text("name")
    texts = {key: text for key in _SPEC_TEXTS if (text := table.text(key)) is not None}
    lists = {key: found for key in _SPEC_LISTS if (found := table.texts(key)) is not None}
    backend = BuildBackend(
        name=name,
        spec={**texts, **lists},
        when=read_condition(table),
        inherited=table.flag("workspace") or False,
        channels=read_channels(table),
        additional=read_listed(table, "additional-dependencies"),
    )
    table.finish()
    return backend
