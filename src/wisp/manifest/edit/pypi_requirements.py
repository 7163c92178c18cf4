"""Where a manifest keeps PyPI requirements: in pixi's table, or in an array of the standards."""

from __future__ import annotations

from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.literals import Data
from wisp.manifest.edit.pyproject import (
    has_standard,
    put_standard,
    remove_standard,
    standard_array,
)
from wisp.manifest.edit.requirements import PYPI_TABLE, put_pypi, remove_pypi, written_name
from wisp.manifest.edit.spelling import pypi_data, pypi_text
from wisp.specs.controls import KeyPath
from wisp.specs.locations import PathLocation
from wisp.specs.pypi import PypiRequirement, PypiSpec, normalize


def put_requirement(
    document: Document, part: ManifestPart, requirement: PypiRequirement
) -> Document:
    """Write a PyPI requirement where it belongs, in place of one of the same name.

    Standard arrays take what PEP 508 can say; targets, indexes and local paths need pixi's table,
    and a requirement that stands in the table stays there.
    """
    array = _array(document, part, requirement.spec)
    if array is None or (
        _in_table(document, part, requirement.name)
        and not has_standard(document, array, requirement.name)
    ):
        return put_pypi(document, part, requirement.name, pypi_data(requirement.spec))
    return put_standard(document, array, requirement.name, pypi_text(requirement))


def has_requirement(document: Document, part: ManifestPart, name: str) -> bool:
    """Tell whether a part has a requirement on a PyPI package."""
    return _in_table(document, part, name) or any(
        has_standard(document, array, name) for array in _arrays(document, part)
    )


def remove_requirement(document: Document, part: ManifestPart, name: str) -> Document:
    """Take a requirement away wherever the part has it; it has to be there."""
    for array in _arrays(document, part):
        if has_standard(document, array, name):
            document = remove_standard(document, array, name)
    return remove_pypi(document, part, name) if _in_table(document, part, name) else document


def pypi_table(document: Document, part: ManifestPart) -> dict[str, Data]:
    """Return pixi's table of a part, empty where there is none."""
    found = document.get(document.path(part, PYPI_TABLE))
    return found if isinstance(found, dict) else {}


def _in_table(document: Document, part: ManifestPart, name: str) -> bool:
    path = document.path(part, PYPI_TABLE)
    return written_name(document, path, name, normalize) in pypi_table(document, part)


def _array(document: Document, part: ManifestPart, spec: PypiSpec) -> KeyPath | None:
    special = spec.index is not None or isinstance(spec.location, PathLocation)
    if special or part.target is not None or part.environment is not None:
        return None
    return standard_array(document, part.feature)


def _arrays(document: Document, part: ManifestPart) -> list[KeyPath]:
    """Return the arrays of the standards that may hold requirements of a part."""
    if part.target is not None or part.environment is not None:
        return []
    array = standard_array(document, part.feature)
    found = [] if array is None else [array]
    if document.kind == "pyproject" and part.feature != DEFAULT_FEATURE:
        found.append(("project", "optional-dependencies", part.feature))
    return found
