"""Edits of activation scripts and variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.environments import open_environment


def put_scripts(
    document: Document, part: ManifestPart, scripts: Sequence[str], *, first: bool = False
) -> Document:
    """Add activation scripts that are not there yet, behind the others.

    With `first` they go to the front in the order given, and those that are there move.
    """
    document = open_environment(document, part)
    path = document.path(part, "activation", "scripts")
    present = document.get(path)
    for script in (present or ()) if first else ():
        if script in scripts:
            document = document.remove_item(path, document.get(path).index(script))
    present = document.get(path)
    new = [script for script in dict.fromkeys(scripts) if script not in (present or ())]
    if not new:
        return document
    if present is None:
        return document.set(path, new)
    for script in reversed(new) if first else new:
        document = document.add_item(path, script, first=first)
    return document


def remove_scripts(document: Document, part: ManifestPart, scripts: Sequence[str]) -> Document:
    """Take activation scripts away; those that are not there are passed over."""
    path = document.path(part, "activation", "scripts")
    for script in scripts:
        present = document.get(path) or []
        if script in present:
            document = document.remove_item(path, present.index(script))
    if document.get(path) == []:
        document = document.remove(path)
    return _tidied(document, part)


def put_variables(document: Document, part: ManifestPart, variables: Mapping[str, str]) -> Document:
    """Set activation variables."""
    document = open_environment(document, part)
    return document.set_all(document.path(part, "activation", "env"), variables)


def remove_variables(document: Document, part: ManifestPart, names: Sequence[str]) -> Document:
    """Take activation variables away; those that are not there are passed over."""
    for name in names:
        path = document.path(part, "activation", "env", name)
        if document.get(path) is not None:
            document = document.remove(path)
    return _tidied(document, part)


def _tidied(document: Document, part: ManifestPart) -> Document:
    """Take away the tables that a removal has emptied, but declare what others refer to.

    A feature that environments list stays, and an environment without any content is written with
    the features it has.
    """
    base = document.path(ManifestPart(feature=part.feature, environment=part.environment))
    deepest = document.path(part, "activation", "env")
    own = part.environment is not None or part.feature == DEFAULT_FEATURE
    kept = len(base) if own or part.feature in document.used_features else len(base) - 1
    for depth in range(len(deepest), kept, -1):
        if document.get(deepest[:depth]) == {}:
            document = document.remove(deepest[:depth])
    if part.environment is None:
        return document
    left = document.get(base)
    if left is None or (isinstance(left, dict) and left.keys() <= {"no-default-feature"}):
        document = document.set((*base, "features") if left else base, [])
    return document
