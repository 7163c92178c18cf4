"""Activation scripts and variables, and preview features: shown and changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wisp.api.edits.transaction import edit, force
from wisp.errors import ManifestError
from wisp.manifest.edit import activation as tables
from wisp.manifest.edit import preview
from wisp.manifest.edit.document import Document, Place
from wisp.manifest.model import Manifest


def scripts_of(manifest: Manifest, place: Place) -> tuple[str, ...]:
    """Return the scripts that a place of the manifest lists, as written."""
    return tuple(_table(manifest, place).get("scripts", ()))


def variables_of(manifest: Manifest, place: Place) -> dict[str, str]:
    """Return the variables that a place of the manifest sets, as written."""
    return dict(_table(manifest, place).get("env", {}))


def _table(manifest: Manifest, place: Place) -> dict[str, Any]:
    document = Document.open(manifest.text, manifest.kind)
    return document.get(document.path(place, "activation")) or {}


def add_scripts(
    manifest: Manifest, scripts: Sequence[str], place: Place, *, first: bool = False
) -> Manifest:
    """Add activation scripts."""
    return _edit(manifest, lambda doc: tables.put_scripts(doc, place, scripts, first=first))


def remove_scripts(manifest: Manifest, scripts: Sequence[str], place: Place) -> Manifest:
    """Take activation scripts away. Raises `ManifestError` for one that is not there."""
    _require(scripts, scripts_of(manifest, place), "activation script")
    return _edit(manifest, lambda doc: tables.remove_scripts(doc, place, scripts))


def set_variables(manifest: Manifest, variables: Mapping[str, str], place: Place) -> Manifest:
    """Set activation variables."""
    return _edit(manifest, lambda doc: tables.put_variables(doc, place, variables))


def remove_variables(manifest: Manifest, names: Sequence[str], place: Place) -> Manifest:
    """Take activation variables away. Raises `ManifestError` for one that is not there."""
    _require(names, variables_of(manifest, place), "activation variable")
    return _edit(manifest, lambda doc: tables.remove_variables(doc, place, names))


def add_preview(manifest: Manifest, flags: Sequence[str]) -> Manifest:
    """Switch preview features on."""
    return _edit(manifest, lambda doc: preview.add_preview(doc, flags))


def remove_preview(manifest: Manifest, flags: Sequence[str], *, forced: bool = False) -> None:
    """Switch preview features off.

    Raises `ManifestError` where the manifest needs them, unless `forced`.
    """

    def change(_: Manifest, document: Document) -> Document:
        return preview.remove_preview(document, flags)

    if forced:
        force(manifest, change)
    else:
        edit(manifest, change)


def _edit(manifest: Manifest, change: Callable[[Document], Document]) -> Manifest:
    return edit(manifest, lambda _, document: change(document))


def _require(wanted: Sequence[str], present: Sequence[str] | Mapping[str, str], what: str) -> None:
    for name in wanted:
        if name not in present:
            raise ManifestError(f"{what} `{name}` does not exist")
