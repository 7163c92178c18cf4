"""Tables of PyPI requirements: `[pypi-dependencies]`, `[…dependency-overrides]`."""

from __future__ import annotations

from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_text, wrong_kind, wrong_version
from wisp.manifest.locations import as_url, read_git
from wisp.manifest.requirements import check_marker, is_specifier, specifier_text
from wisp.patterns import pattern
from wisp.specs.locations import Location, PathLocation, UrlLocation
from wisp.specs.operators import apart
from wisp.specs.pypi import PypiRequirement, PypiSpec, normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAME = pattern(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_EXTRA = _NAME
_SOURCES = ("git", "path", "url", "index")


def read_pypi_requirements(parent: Table, key: str) -> tuple[PypiRequirement, ...]:
    """Read a table of requirements in the order of the file.

    Two spellings of one name are no error: the later spec is put in the place of the first.
    """
    table = parent.table(key)
    if table is None:
        return ()
    found: dict[str, PypiRequirement] = {}
    for name, value, path in table.items():
        _check_name(name, path)
        normalized = normalize(name)
        first = found.get(normalized)
        spec = _read_spec(value, path, table)
        found[normalized] = PypiRequirement(first.name if first else name, spec)
    return tuple(found.values())


def _check_name(name: str, path: ValuePath) -> None:
    if not _NAME.fullmatch(name):
        raise Fault(
            f"'{name}' is not a valid package name, it must start and end with a letter or digit "
            "and may only contain '-', '_', '.' and alphanumeric characters",
            path,
            mark="key",
            hints=apart(name, is_specifier),
        )


def _read_spec(value: Any, path: ValuePath, parent: Table) -> PypiSpec:
    if isinstance(value, str):
        return PypiSpec(version=specifier_text(value, path))
    if not isinstance(value, dict):
        raise wrong_version(value, path)
    return _read_table(Table(value, path, parent.notes))


def _read_table(table: Table) -> PypiSpec:
    version = table.read("version", _specifiers)
    extras = table.read("extras", _extras) or ()
    marker = table.read("env-markers", lambda value, path: check_marker(as_text(value, path), path))
    index = table.read("index", as_url)
    location = _read_location(table)
    table.finish()
    given = [key for key in _SOURCES if key in table]
    if len(given) > 1:
        raise table.fault(
            "Exactly one of `url`, `path`, `git`, or `version` (with an optional `index`) "
            "must be specified"
        )
    if location is not None and version is not None:
        raise table.fault(f"`version` cannot be used with `{given[0]}`", "version")
    return PypiSpec(
        version=version or "*", extras=extras, marker=marker, index=index, location=location
    )


def _specifiers(value: object, path: ValuePath) -> str:
    return specifier_text(as_text(value, path), path)


def _extras(value: Any, path: ValuePath) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise wrong_kind("an array", value, path)
    for index, item in enumerate(value):
        if not _EXTRA.fullmatch(as_text(item, (*path, index))):
            raise Fault(f"'{item}' is not a valid name of an extra", (*path, index))
    return tuple(value)


def _read_location(table: Table) -> Location | None:
    path = table.text("path")
    editable = table.flag("editable")
    url = table.read("url", as_url)
    git = read_git(table)
    for key in ("branch", "tag", "rev", "lfs"):
        if git is None and key in table:
            raise table.fault(f"`{key}` is only valid when `git` is specified")
    if git is not None:
        return git
    if path is not None:
        return PathLocation(path, editable)
    return None if url is None else UrlLocation(url, subdirectory=table.text("subdirectory"))
