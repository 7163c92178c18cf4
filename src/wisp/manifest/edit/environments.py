"""Edits of `[environments]`."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.literals import Data


def put_environment(
    document: Document,
    name: str,
    features: Sequence[str] = (),
    *,
    solve_group: str | None = None,
    no_default_feature: bool = False,
) -> Document:
    """Declare an environment, in part of one of the same name if there is one."""
    path = (*document.root, "environments", name)
    data: Data = list(features)
    if solve_group is not None or no_default_feature:
        table: dict[str, Data] = {"features": list(features)} if features else {}
        if solve_group is not None:
            table["solve-group"] = solve_group
        if no_default_feature:
            table["no-default-feature"] = True
        data = table
    return document.set(path, data)


def remove_environment(document: Document, name: str) -> Document:
    """Take an environment away, and the table with the last one."""
    return document.remove((*document.root, "environments", name))


def open_environment(document: Document, part: ManifestPart) -> Document:
    """Give an environment in a short form a `[table]` that can hold content of its own."""
    if part.environment is None:
        return document
    path = document.path(ManifestPart(environment=part.environment))
    document = document.expand(path, "features")
    features = document.get(path)
    if not isinstance(features, list):
        return document
    return document.set(path, {"features": features})
