"""`[pypi-options]`: how PyPI packages are found and built."""

from __future__ import annotations

from wisp.manifest.faults import ValuePath
from wisp.manifest.getters import Table, as_array, as_texts, wrong_kind
from wisp.manifest.locations import as_url
from wisp.manifest.pypi_tables import read_pypi_requirements
from wisp.specs.pypi import INDEX_STRATEGIES, PRERELEASE_MODES, FindLinks, PypiOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_pypi_options(parent: Table, key: str = "pypi-options") -> PypiOptions:
    """Read the table, all unset if it is missing."""
    table = parent.table(key)
    if table is None:
        return PypiOptions()
    options = PypiOptions(
        index_url=table.read("index-url", as_url),
        extra_index_urls=table.read("extra-index-urls", _urls) or (),
        find_links=_find_links(table),
        no_build_isolation=_switch(table, "no-build-isolation"),
        index_strategy=table.choice("index-strategy", INDEX_STRATEGIES),
        no_build=_switch(table, "no-build"),
        dependency_overrides=read_pypi_requirements(table, "dependency-overrides"),
        no_binary=_switch(table, "no-binary"),
        prerelease_mode=table.choice("prerelease-mode", PRERELEASE_MODES),
        skip_wheel_filename_check=table.flag("skip-wheel-filename-check"),
    )
    table.finish()
    return options


def _urls(value: object, path: ValuePath) -> tuple[str, ...]:
    return tuple(as_url(item, (*path, index)) for index, item in enumerate(as_array(value, path)))


def _find_links(table: Table) -> tuple[FindLinks, ...]:
    path = (*table.path, "find-links")
    value = table.raw("find-links")
    if value is None:
        return ()
    return tuple(
        _find_link(Table(item, (*path, index), table.notes))
        for index, item in enumerate(as_array(value, path))
    )


def _find_link(table: Table) -> FindLinks:
    link = FindLinks(table.text("path"), table.read("url", as_url))
    table.finish()
    if (link.path is None) == (link.url is None):
        raise table.fault("expected exactly one of 'path' or 'url'")
    return link


def _switch(table: Table, key: str) -> bool | tuple[str, ...]:
    """Read a boolean or a list of package names."""

    def read(value: Any, path: ValuePath) -> bool | tuple[str, ...]:
        if isinstance(value, bool):
            return value
        if isinstance(value, list):
            return as_texts(value, path)
        raise wrong_kind("a boolean or an array of names", value, path)

    return table.read(key, read) or ()
