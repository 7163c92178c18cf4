"""Edits of the preview features that a workspace switches on."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.manifest.edit.document import Document


def add_preview(document: Document, flags: Sequence[str]) -> Document:
    """Switch preview features on; `preview = true` has them all already."""
    path = (*document.workspace, "preview")
    present = document.get(path)
    if present is True:
        return document
    if present is False:
        return document.set(path, list(flags))
    for flag in flags:
        if flag not in (document.get(path) or ()):
            document = document.add_item(path, flag)
    return document


def remove_preview(document: Document, flags: Sequence[str]) -> Document:
    """Switch preview features off that are listed; the key goes with the last of them."""
    path = (*document.workspace, "preview")
    for flag in flags:
        present = document.get(path)
        if isinstance(present, list) and flag in present:
            document = document.remove_item(path, present.index(flag))
    return document.remove(path) if document.get(path) == [] else document
