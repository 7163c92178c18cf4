"""Where a manifest keeps PyPI requirements: in pixi's table, or in an array of the standards."""

from __future__ import annotations

from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document, Place
from wisp.manifest.edit.literals import Data
from wisp.manifest.edit.pyproject import (
    has_standard,
    put_standard,
    remove_standard,
    standard_array,
)
from wisp.manifest.edit.requirements import PYPI_TABLE, put_pypi, remove_pypi, written_name
from wisp.manifest.edit.spelling import pypi_data, pypi_text
from wisp.manifest.syntax import KeyPath
from wisp.specs.locations import PathLocation
from wisp.specs.pypi import PypiRequirement, PypiSpec, normalize


def put_requirement(document: Document, place: Place, requirement: PypiRequirement) -> Document:
    """Write a PyPI requirement where it belongs, in place of one of the same name.

    Standard arrays take what PEP 508 can say; targets, indexes and local paths need pixi's table,
    and a requirement that stands in the table stays there.
    """
    array = _array(document, place, requirement.spec)
    if array is None or (
        _in_table(document, place, requirement.name)
        and not has_standard(document, array, requirement.name)
    ):
        return put_pypi(document, place, requirement.name, pypi_data(requirement.spec))
    return put_standard(document, array, requirement.name, pypi_text(requirement))


def has_requirement(document: Document, place: Place, name: str) -> bool:
    """Tell whether a place has a requirement on a PyPI package."""
    return _in_table(document, place, name) or any(
        has_standard(document, array, name) for array in _arrays(document, place)
    )


def remove_requirement(document: Document, place: Place, name: str) -> Document:
    """Take a requirement away wherever the place has it; it has to be there."""
    for array in _arrays(document, place):
        if has_standard(document, array, name):
            document = remove_standard(document, array, name)
    return remove_pypi(document, place, name) if _in_table(document, place, name) else document


def pypi_table(document: Document, place: Place) -> dict[str, Data]:
    """Return pixi's table of a place, empty where there is none."""
    found = document.get(document.path(place, PYPI_TABLE))
    return found if isinstance(found, dict) else {}


def _in_table(document: Document, place: Place, name: str) -> bool:
    path = document.path(place, PYPI_TABLE)
    return written_name(document, path, name, normalize) in pypi_table(document, place)


def _array(document: Document, place: Place, spec: PypiSpec) -> KeyPath | None:
    special = spec.index is not None or isinstance(spec.location, PathLocation)
    if special or place.target is not None or place.environment is not None:
        return None
    return standard_array(document, place.feature)


def _arrays(document: Document, place: Place) -> list[KeyPath]:
    """Return the arrays of the standards that may hold requirements of a place."""
    if place.target is not None or place.environment is not None:
        return []
    array = standard_array(document, place.feature)
    found = [] if array is None else [array]
    if document.kind == "pyproject" and place.feature != DEFAULT_FEATURE:
        found.append(("project", "optional-dependencies", place.feature))
    return found
