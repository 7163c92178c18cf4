"""PyPI requirements in the standard's arrays: `[project]`, `[dependency-groups]`, scripts."""

from __future__ import annotations

from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document
from wisp.patterns import pattern
from wisp.specs.controls import KeyPath
from wisp.specs.pypi import normalize

_NAME = pattern(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")


def standard_array(document: Document, feature: str = DEFAULT_FEATURE) -> KeyPath | None:
    """Return the array that takes the PyPI requirements of a feature, None if there is none.

    A `[project]` table is not begun, since it has to have a name (PEP 621): without one, as beside
    the tables of Poetry, requirements belong into pixi's table.
    """
    if document.kind == "pyproject":
        if feature != DEFAULT_FEATURE:
            return ("dependency-groups", feature)
        return None if document.get(("project",)) is None else ("project", "dependencies")
    if document.kind == "script" and feature == DEFAULT_FEATURE:
        return ("dependencies",)
    return None


def put_standard(document: Document, array: KeyPath, name: str, requirement: str) -> Document:
    """Write a PEP 508 requirement into an array, in place of one of the same name."""
    index = _index(document, array, name)
    if index is not None:
        return document.replace_item(array, index, requirement)
    return document.add_item(array, requirement)


def has_standard(document: Document, array: KeyPath, name: str) -> bool:
    """Tell whether an array has a requirement on a package."""
    return _index(document, array, name) is not None


def remove_standard(document: Document, array: KeyPath, name: str) -> Document:
    """Take a requirement out of an array; it has to be there."""
    index = _index(document, array, name)
    if index is None:
        raise KeyError(name)
    return document.remove_item(array, index)


def _index(document: Document, array: KeyPath, name: str) -> int | None:
    wanted = normalize(name)
    for index, item in enumerate(document.get(array) or ()):
        match = _NAME.match(item) if isinstance(item, str) else None
        if match and normalize(match[1]) == wanted:
            return index
    return None
