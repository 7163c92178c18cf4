"""Edits of whole features."""

from __future__ import annotations

from wisp.manifest.edit.document import Document
from wisp.specs.controls import KeyPath


def remove_feature(document: Document, name: str) -> Document:
    """Take a feature with all its tables away, and its name out of every environment."""
    root = document.root
    for environment, written in (document.get((*root, "environments")) or {}).items():
        path: KeyPath = (*root, "environments", environment)
        listed = written
        if isinstance(written, dict):
            path, listed = (*path, "features"), written.get("features", [])
        if name in listed:
            document = document.remove_item(path, listed.index(name))
    return document.remove((*root, "feature", name))
