"""Edits of the single values that describe a workspace."""

from __future__ import annotations

from wisp.manifest.edit.document import Document
from wisp.specs.controls import KeyPath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Field = Literal["name", "version", "description", "requires-pixi"]

FIELDS: tuple[Field, ...] = ("name", "version", "description", "requires-pixi")


def set_field(document: Document, field: Field, value: str) -> Document:
    """Write a field of the workspace where the manifest keeps it."""
    return document.set((*_table(document, field), field), value)


def unset_field(document: Document, field: Field) -> Document:
    """Take a field of the workspace away; nothing happens when it is not there."""
    path = (*_table(document, field), field)
    return document if document.get(path) is None else document.remove(path)


def _table(document: Document, field: Field) -> KeyPath:
    """`[project]` of a pyproject receives what PEP 621 knows."""
    standard = document.kind == "pyproject" and field != "requires-pixi"
    has_project = document.get(("project",)) is not None
    return ("project",) if standard and has_project else document.workspace
