"""Edits of conda and PyPI requirements, wherever a manifest may hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.environments import open_environment
from wisp.manifest.edit.literals import Data
from wisp.manifest.edit.spelling import conda_data, pypi_data
from wisp.specs.conda import CondaRequirement
from wisp.specs.controls import KeyPath
from wisp.specs.pypi import PypiRequirement, normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    CondaTable = Literal[
        "dependencies", "host-dependencies", "build-dependencies", "constraints", "dev"
    ]

CONDA_TABLES: tuple[CondaTable, ...] = (
    "dependencies",
    "host-dependencies",
    "build-dependencies",
    "constraints",
    "dev",
)
PYPI_TABLE = "pypi-dependencies"


def put_conda(
    document: Document, part: ManifestPart, table: CondaTable, name: str, spec: Data
) -> Document:
    """Write a conda requirement, in place of one of the same name if there is one."""
    document = open_environment(document, part)
    path = document.path(part, table)
    key = written_name(document, path, name, str.lower)
    return rewrite(document, (*path, key), spec)


def put_all(
    document: Document,
    part: ManifestPart,
    conda: Iterable[CondaRequirement],
    pypi: Iterable[PypiRequirement],
) -> Document:
    """Write what a file of another tool asks for, as putting one after the other would."""
    document = open_environment(document, part)
    table = document.path(part, "dependencies")
    wanted = [(one.source_name, conda_data(one.spec)) for one in conda]
    document = _put_all(document, table, wanted, str.lower)
    table = document.path(part, PYPI_TABLE)
    return _put_all(document, table, [(one.name, pypi_data(one.spec)) for one in pypi], normalize)


def _put_all(
    document: Document,
    table: KeyPath,
    wanted: Iterable[tuple[str, Data]],
    normal: Callable[[str], str],
) -> Document:
    present = document.get(table)
    present = present if isinstance(present, dict) else {}
    spellings = {normal(name): name for name in reversed(present)}
    specs: dict[str, Data] = {}
    for name, spec in wanted:
        specs[spellings.setdefault(normal(name), name)] = spec
    for name in [name for name in specs if name in present]:
        spec = specs.pop(name)
        if present[name] != spec:
            document = rewrite(document, (*table, name), spec)
    return document.set_all(table, specs)


def has_conda(document: Document, part: ManifestPart, table: CondaTable, name: str) -> bool:
    """Tell whether a part has a conda requirement in a table."""
    path = document.path(part, table)
    return written_name(document, path, name, str.lower) in (document.get(path) or {})


def put_pypi(document: Document, part: ManifestPart, name: str, spec: Data) -> Document:
    """Write a PyPI requirement into pixi's own table, in place of one of the same name."""
    document = open_environment(document, part)
    path = document.path(part, PYPI_TABLE)
    key = written_name(document, path, name, normalize)
    return rewrite(document, (*path, key), spec)


def remove_conda(document: Document, part: ManifestPart, table: CondaTable, name: str) -> Document:
    """Take a conda requirement away; it has to be there."""
    path = document.path(part, table)
    return document.remove((*path, written_name(document, path, name, str.lower)))


def remove_pypi(document: Document, part: ManifestPart, name: str) -> Document:
    """Take a PyPI requirement out of pixi's own table; it has to be there."""
    path = document.path(part, PYPI_TABLE)
    return document.remove((*path, written_name(document, path, name, normalize)))


def rewrite(document: Document, path: KeyPath, spec: Data) -> Document:
    """Write another requirement at a path.

    A table that holds comments stays one, and only its keys change, so that the comments stay.
    """
    if not document.toml.has_inner_comments(path):
        return document.set(path, spec)
    wanted = spec if isinstance(spec, Mapping) else {"version": spec}
    for key in [key for key in document.get(path) if key not in wanted]:
        document = document.remove((*path, key))
    for key, value in wanted.items():
        if document.get((*path, key)) != value:
            document = document.set((*path, key), value)
    return document


def written_name(
    document: Document, table: KeyPath, name: str, normal: Callable[[str], str]
) -> str:
    """Return how a table spells a package, or the name as given when it does not have it."""
    present = document.get(table)
    wanted = normal(name)
    spellings = present if isinstance(present, dict) else ()
    return next((spelling for spelling in spellings if normal(spelling) == wanted), name)
