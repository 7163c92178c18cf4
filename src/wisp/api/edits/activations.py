"""Activation scripts and variables, and preview features: shown and changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wisp.api.edits.transaction import edit, force
from wisp.errors import ManifestError
from wisp.manifest.edit import activation as tables
from wisp.manifest.edit import preview
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.model import Manifest


def scripts_of(manifest: Manifest, part: ManifestPart) -> tuple[str, ...]:
    """Return the scripts that a part of the manifest lists, as written."""
    return tuple(_table(manifest, part).get("scripts", ()))


def variables_of(manifest: Manifest, part: ManifestPart) -> dict[str, str]:
    """Return the variables that a part of the manifest sets, as written."""
    return dict(_table(manifest, part).get("env", {}))


def _table(manifest: Manifest, part: ManifestPart) -> dict[str, Any]:
    document = Document.open(manifest.text, manifest.kind)
    return document.get(document.path(part, "activation")) or {}


def add_scripts(
    manifest: Manifest, scripts: Sequence[str], part: ManifestPart, *, first: bool = False
) -> Manifest:
    """Add activation scripts."""
    return _edit(manifest, lambda doc: tables.put_scripts(doc, part, scripts, first=first))


def remove_scripts(manifest: Manifest, scripts: Sequence[str], part: ManifestPart) -> Manifest:
    """Take activation scripts away. Raises `ManifestError` for one that is not there."""
    _require(scripts, scripts_of(manifest, part), "activation script")
    return _edit(manifest, lambda doc: tables.remove_scripts(doc, part, scripts))


def set_variables(manifest: Manifest, variables: Mapping[str, str], part: ManifestPart) -> Manifest:
    """Set activation variables."""
    return _edit(manifest, lambda doc: tables.put_variables(doc, part, variables))


def remove_variables(manifest: Manifest, names: Sequence[str], part: ManifestPart) -> Manifest:
    """Take activation variables away. Raises `ManifestError` for one that is not there."""
    _require(names, variables_of(manifest, part), "activation variable")
    return _edit(manifest, lambda doc: tables.remove_variables(doc, part, names))


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
