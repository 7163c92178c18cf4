"""`[workspace.dependencies]`: what `{ workspace = true }` elsewhere takes from."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.api.edits.requests import path_from
from wisp.api.edits.transaction import Sync, edit
from wisp.errors import ManifestError, UsageError
from wisp.manifest.edit.requirements import rewrite, written_name
from wisp.manifest.edit.spelling import conda_data
from wisp.manifest.words import conda_word
from wisp.specs.locations import GitLocation, PathLocation
from wisp.specs.similarity import did_you_mean
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from wisp.manifest.edit.document import Document
    from wisp.manifest.edit.literals import Data
    from wisp.manifest.model import Manifest
    from wisp.specs.conda import CondaRequirement

_TABLE = "dependencies"


def pool_of(document: Document) -> dict[str, Data]:
    """Return the pool as it is written."""
    return dict(document.get((*document.workspace, _TABLE)) or {})


def add_to_pool(
    manifest: Manifest,
    words: Sequence[str],
    *,
    path: Path | None = None,
    git: GitLocation | None = None,
    sync: Sync | None = None,
) -> tuple[Manifest, tuple[tuple[str, Data], ...]]:
    """Write requirements, each in place of what the pool has of its name; return them as written.

    Raises `UsageError` where several words would share sources.
    """
    if (path or git) and len(words) != 1:
        raise UsageError("the sources are those of one package", hints=("name that one",))
    location = git or (PathLocation(path_from(manifest.root, path)) if path else None)
    wanted = [_with(conda_word(word), location) for word in words]
    rows = tuple((one.source_name, conda_data(one.spec)) for one in wanted)

    def change(_: Manifest, document: Document) -> Document:
        table = (*document.workspace, _TABLE)
        for name, data in rows:
            document = rewrite(
                document, (*table, written_name(document, table, name, str.lower)), data
            )
        return document

    return edit(manifest, change, sync), rows


def _with(
    requirement: CondaRequirement, location: GitLocation | PathLocation | None
) -> CondaRequirement:
    if location is None:
        return requirement
    return replace(requirement, spec=replace(requirement.spec, version=None, location=location))


def remove_from_pool(
    manifest: Manifest, names: Sequence[str], *, sync: Sync | None = None
) -> Manifest:
    """Take requirements away. Raises `ManifestError` for one that is not there, or still used."""

    def change(_: Manifest, document: Document) -> Document:
        table = (*document.workspace, _TABLE)
        for name in names:
            known = written_name(document, table, name, str.lower)
            present = document.get(table) or {}
            if known not in present:
                raise ManifestError(
                    f"`{name}` is not in `[{'.'.join(table)}]`", hints=did_you_mean(name, present)
                )
            document = document.remove((*table, known))
        return document

    return edit(manifest, change, sync)
