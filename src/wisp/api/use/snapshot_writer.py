"""Writes what the fast lane may trust next time (`wisp.api.snapshot` says how it is trusted)."""

from __future__ import annotations

import time
from collections.abc import Iterable

from wisp.api import snapshot
from wisp.api.known_names import Names
from wisp.api.packed_tasks import pack
from wisp.api.snapshot import Snapshot
from wisp.api.use.catalogue import catalogue_of
from wisp.api.use.snapshot_base import base_of, holds, looked_at
from wisp.errors import WispError
from wisp.lock.model import LockFile
from wisp.manifest.env_files import env_files
from wisp.specs.records import CondaSourceRecord, PypiRecord
from wisp.specs.url_secrets import shown
from wisp.workspace.channels import channels_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.api.opened import OpenedWorkspace
    from wisp.manifest.model import Target
    from wisp.specs.conda import CondaRequirement
    from wisp.specs.pypi import PypiRequirement
    from wisp.tasks.catalogue import Catalogue


def remember_listing(workspace: OpenedWorkspace, words: tuple[str, ...], text: str) -> None:
    """Remember what `task list` printed for these words."""
    current = current_snapshot(workspace, catalogue_of(workspace), None)
    if current is not None:
        current.listings[" ".join(words)] = text
        snapshot.write(str(workspace.root), current, workspace.environ)


def remember_answer(
    workspace: OpenedWorkspace,
    words: Iterable[str],
    text: str,
    lock: LockFile,
    environments: Iterable[str] = (),
) -> None:
    """Remember what a command line says from now on, since nothing is left to do.

    `environments` were installed just now: they must be as they are. Local projects may change in
    ways that only their back-ends know, and only uv can tell whether a local archive is another
    one, so where there are any nothing is remembered. What only running tasks would complain of
    is no failure here.
    """
    if has_sources(lock) or _has_local_packages(lock):
        return
    try:
        current = current_snapshot(workspace, catalogue_of(workspace), lock)
    except WispError:
        return
    if current is None:
        return
    files = [file for name in environments for file in looked_at(workspace, name)]
    states = snapshot.observe(map(str, files), time.time_ns())
    current.answers["\0".join(words)] = {"text": text, "files": states}
    snapshot.write(str(workspace.root), current, workspace.environ)


def has_sources(lock: LockFile) -> bool:
    """Whether packages are built from sources, which change without any of our files changing."""
    return any(isinstance(record, CondaSourceRecord) for record in lock.records())


def _has_local_packages(lock: LockFile) -> bool:
    """Whether PyPI packages come from folders or archives of this machine."""
    return any(
        isinstance(record, PypiRecord) and record.origin.is_local for record in lock.records()
    )


def current_snapshot(
    workspace: OpenedWorkspace, catalogue: Catalogue, lock: LockFile | None
) -> Snapshot | None:
    """Return the snapshot so far if it still holds, else a new one; None if there can be none."""
    base = base_of(workspace, lock)
    if base is None:
        return None
    old = snapshot.read(str(workspace.root), workspace.environ)
    if old is not None and holds(old.base, base):
        return old
    return Snapshot(base, _tables(catalogue), _facts(workspace, catalogue))


def names_of(workspace: OpenedWorkspace, catalogue: Catalogue) -> Names:
    """Return the names that a command line may be completed by; nothing is written."""
    return Names(_tables(catalogue), _named(workspace), str(workspace.lock_path))


def _tables(catalogue: Catalogue) -> list[tuple[Any, ...]]:
    """Return a row per environment.

    What is equal is one object, which `marshal` writes and reads once: a task mostly belongs to
    all environments.
    """
    rows: list[tuple[Any, ...]] = []
    known: dict[str, tuple[Any, ...]] = {}
    for environment in catalogue.environments.values():
        tasks = {name: pack(task) for name, task in environment.tasks.items()}
        for name, task in tasks.items():
            if known.setdefault(name, task) == task:
                tasks[name] = known[name]
        if rows and rows[-1][-1] == tasks:
            tasks = rows[-1][-1]
        facts = (environment.name, environment.platform, environment.runnable)
        rows.append((*facts, environment.elsewhere, environment.unlisted, tasks))
    return rows


def _facts(workspace: OpenedWorkspace, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "root": str(workspace.root),
        "manifest": str(workspace.manifest.path),
        "system": workspace.host[0].partition("-")[0],
        "release": workspace.level.release,
        "strict": catalogue.strict,
        "task_cache": str(workspace.places.task_cache),
        "several": len(workspace.environment_names) > 1,
        "env_files": env_files(workspace.manifest),
        "change_prompt": workspace.config.change_prompt,
        "conda_scripts": workspace.config.conda_scripts,
        "completions": workspace.config.source_completions,
        **_named(workspace),
    }


def _named(workspace: OpenedWorkspace) -> dict[str, tuple[str, ...]]:
    """Return the names that only completions ask for; none that has a secret in it."""
    manifest = workspace.manifest
    channels = [
        channel.text
        for environment in workspace.environment_names
        for channel in channels_of(manifest, workspace.require_environment(environment))
    ]
    parts = [
        target
        for feature in manifest.features.values()
        for target in (feature.base, *(target for _, target in feature.targets))
    ]
    requested = {one.name for part in parts for one in _requirements(part)}
    return {
        "features": tuple(manifest.features),
        "requested": tuple(sorted(requested)),
        "platforms": tuple(one.name for one in workspace.declared_platforms),
        "channels": tuple(one for one in dict.fromkeys(channels) if shown(one) == one),
    }


def _requirements(part: Target) -> tuple[CondaRequirement | PypiRequirement, ...]:
    conda = (*part.dependencies, *part.host_dependencies, *part.build_dependencies)
    return (*conda, *part.pypi_dependencies)
