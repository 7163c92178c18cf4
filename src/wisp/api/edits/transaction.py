"""Editing a manifest as one step: all of it happens, or the old text stands again.

    read → change → check → write → re-lock

The folder is locked from reading to the end, so that two commands never lose each other's edit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from wisp.api.rereading import reread, same_defaults
from wisp.engine.exclusive import exclusive_folder
from wisp.engine.rewriting import restoring, rewrite
from wisp.manifest.edit.document import Document
from wisp.manifest.model import Manifest
from wisp.manifest.read import load_text
from wisp.specs.locations import PathLocation

if TYPE_CHECKING:
    from wisp.api.locks.judging import LockOutcome
    from wisp.lock.model import LockFile
    from wisp.solve.unpin import Unpin

Change = Callable[[Manifest, Document], Document]


class Sync(Protocol):
    """Brings lock and environment to an edited manifest; the folder is the caller's meanwhile."""

    @property
    def lock_path(self) -> Path:
        """The lock file, which the caller restores should anything fail."""

    def lock(
        self, manifest: Manifest, unpin: Unpin | None = None, *, dry_run: bool = False
    ) -> LockOutcome | None:
        """Lock a manifest, letting go of some packages; None where nothing is to be locked."""

    def install(self, manifest: Manifest, lock: LockFile) -> None:
        """Bring the environment to what was locked for a manifest."""


def follow(manifest: Manifest, sync: Sync) -> None:
    """Lock an edited manifest and install what came of it; the old lock stands if that fails."""
    with restoring(sync.lock_path):
        outcome = sync.lock(manifest)
        if outcome is not None:
            sync.install(manifest, outcome.lock)


def edit(manifest: Manifest, change: Change, sync: Sync | None = None) -> Manifest:
    """Change the manifest on disk and return what it says then.

    `change` gets the manifest as it is on disk by now. When the result cannot be read, or
    `sync` fails, the file is as it was before.

    Raises `ManifestError` for what is wrong with the edit, and whatever `sync` raises.
    """
    with exclusive_folder(manifest.root):
        current = reread(manifest)
        document = Document.open(current.text, current.kind)
        edited = check(current, change(current, document), document)
        with written(current, edited):
            if sync is not None:
                follow(edited, sync)
    return edited


def force(manifest: Manifest, change: Change) -> None:
    """Change the manifest on disk even if it cannot be read as a workspace any more."""
    with exclusive_folder(manifest.root):
        current = reread(manifest)
        document = Document.open(current.text, current.kind)
        rewrite(current.path, change(current, document).text)


def check(manifest: Manifest, changed: Document, unchanged: Document) -> Manifest:
    """Read the text of a changed document; an unchanged one keeps even a missing line break."""
    if changed.toml == unchanged.toml:
        return manifest
    return load_text(
        changed.text,
        manifest.path,
        manifest.kind,
        script=same_defaults(manifest),
        despite="version" if manifest.despite == "version" else None,
        wish=manifest.wish,
    )


@contextmanager
def written(old: Manifest, new: Manifest) -> Iterator[None]:
    """Write a manifest's text, and the old one again should the body fail."""
    try:
        _put(new)
        yield
    except BaseException:
        _put(old)
        raise


@contextmanager
def drafted(old: Manifest, draft: Manifest) -> Iterator[None]:
    """Let a draft be locked; the old text stands again should the body fail.

    Locking takes the manifest from memory, so that no kill leaves a draft on disk. Where it also
    reads the file, as the metadata of a local project, the draft has to be written.
    """
    if not _is_read_from_disk(draft):
        yield
        return
    with written(old, draft):
        yield


def _is_read_from_disk(manifest: Manifest) -> bool:
    """Whether a local project may be, or depend on, the one that the manifest itself describes."""
    inline = [one.inline for one in manifest.environments.values() if one.inline is not None]
    return manifest.kind == "pyproject" and any(
        isinstance(requirement.spec.location, PathLocation)
        for feature in (*manifest.features.values(), *inline)
        for target in (feature.base, *(target for _, target in feature.targets))
        for requirement in target.pypi_dependencies
    )


def _put(manifest: Manifest) -> None:
    """Write a manifest, unless the file says so already."""
    with suppress(OSError, UnicodeDecodeError):
        if manifest.path.read_text(encoding="utf-8") == manifest.text:
            return
    rewrite(manifest.path, manifest.text)
