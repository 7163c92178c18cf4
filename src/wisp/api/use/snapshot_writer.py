"""Writes what the fast lane may trust next time (`wisp.api.snapshot` says how it is trusted)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wisp import layout
from wisp.api import snapshot
from wisp.api.folders import GUARDS
from wisp.api.known_names import Names
from wisp.api.packed_tasks import pack
from wisp.api.snapshot import Snapshot
from wisp.api.use.activating import (
    ActivationRequest,
    activation_of,
    doubts_about,
    source_completions,
)
from wisp.config.consents import consent_file
from wisp.config.files import config_files
from wisp.engine.wheels import WHEEL_ORIGIN, site_packages
from wisp.errors import WispError
from wisp.lock.model import LockFile
from wisp.specs.origins import LocalFolder
from wisp.specs.records import CondaSourceRecord, PypiRecord
from wisp.workspace.activation import activation_of as declared_activation
from wisp.workspace.channels import channels_of

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.manifest.model import Target
    from wisp.specs.conda import CondaRequirement
    from wisp.specs.pypi import PypiRequirement
    from wisp.tasks.catalogue import Catalogue

#: What uv looks at to see whether a local project has changed.
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "src")


def remember_environment(
    workspace: OpenedWorkspace,
    catalogue: Catalogue,
    lock: LockFile,
    request: ActivationRequest,
    digest: str,
) -> None:
    """Remember that an environment is ready, and all tasks with it.

    `digest` is the environment's part of task fingerprints. Called when the lock was checked and
    the prefix is what it says. Nothing is remembered where a later change could not be seen, or
    where there is something to be warned of each time.
    """
    if workspace.config.use_activation_cache or _has_sources(lock):
        return
    declared = declared_activation(
        workspace.manifest, workspace.require_environment(request.environment), request.platform
    )
    if doubts_about(workspace.root, declared.scripts or ()):
        return
    current = _current(workspace, catalogue, lock)
    if current is None:
        return
    activation = activation_of(workspace, request)
    meta = Path(activation.prefix, layout.CONDA_META)
    files = [
        str(meta / layout.PREFIX_MARKER),
        str(meta / layout.PREFIX_FINGERPRINT),
        *(str(workspace.root / script) for script in declared.scripts or ()),
    ]
    current.ready[request.environment] = {
        "files": snapshot.observe(files, time.time_ns()),
        "prefix": activation.prefix,
        "project": activation.project,
        "scripts": activation.scripts,
        "env": activation.env,
        "facts": digest,
    }
    snapshot.write(str(workspace.root), current, workspace.environ)


def remember_listing(workspace: OpenedWorkspace, words: tuple[str, ...], text: str) -> None:
    """Remember what `task list` printed for these words."""
    from wisp.api.use.catalogue import catalogue_of

    current = _current(workspace, catalogue_of(workspace), None)
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
    from wisp.api.use.catalogue import catalogue_of

    if _has_sources(lock) or _has_local_packages(lock):
        return
    try:
        current = _current(workspace, catalogue_of(workspace), lock)
    except WispError:
        return
    if current is None:
        return
    files = [file for name in environments for file in _looked_at(workspace, name)]
    states = snapshot.observe(map(str, files), time.time_ns())
    current.answers["\0".join(words)] = {"text": text, "files": states}
    snapshot.write(str(workspace.root), current, workspace.environ)


def remember_look(
    workspace: OpenedWorkspace,
    words: Iterable[str],
    text: str,
    notes: tuple[str, ...] = (),
    environment: str | None = None,
) -> None:
    """Remember what a command printed that only looks.

    `notes` are the lines it wrote beside its answer. Where `environment` is given, the answer is
    about what the lock and a prefix have of it.
    """
    if environment is not None and _names_local_packages(workspace.lock_path):
        return
    base = _base(workspace, None)
    if base is None:
        return
    root, environ = str(workspace.root), workspace.environ
    looks = snapshot.read_looks(root, environ)
    if looks is None or not _holds(looks["base"], base):
        looks = {"base": base, "manifest": str(workspace.manifest.path), "answers": {}}
    files = [] if environment is None else _looked_at(workspace, environment)
    looks["answers"]["\0".join((*words, snapshot.shade(environ)))] = {
        "text": text,
        "notes": notes,
        "files": snapshot.observe(map(str, files), time.time_ns()),
        "facts": snapshot.looked_on(environ, str(workspace.lock_path)),
    }
    snapshot.write_looks(root, looks, environ)


def _looked_at(workspace: OpenedWorkspace, environment: str) -> list[Path]:
    """Return what an installation that finds nothing to do has looked at, in the order it does.

    That is more than `run` asks for: a user may have taken a package away or put another there.
    """
    home, prefix = workspace.places.home, workspace.prefix(environment)
    meta = prefix / layout.CONDA_META
    files = [home / name for name in GUARDS] + [meta, prefix / "lib", *(prefix / "lib").glob("py*")]
    names = (layout.PREFIX_FINGERPRINT, layout.PREFIX_HISTORY, layout.PREFIX_PATH_FILE)
    files += [meta / name for name in (*names, layout.PREFIX_MARKER)]
    for folder in site_packages(prefix):
        wheels = sorted(folder.glob("*.dist-info"))
        # Another tool may install the same version: then these files tell, and no folder's names.
        files += [folder, *(wheel / name for wheel in wheels for name in WHEEL_ORIGIN)]
    return files


def _has_sources(lock: LockFile) -> bool:
    """Whether packages are built from sources, which change without any of our files changing."""
    return any(isinstance(record, CondaSourceRecord) for record in lock.records())


def _has_local_packages(lock: LockFile) -> bool:
    """Whether PyPI packages come from folders or archives of this machine."""
    return any(
        isinstance(record, PypiRecord) and record.origin.is_local for record in lock.records()
    )


def _current(
    workspace: OpenedWorkspace, catalogue: Catalogue, lock: LockFile | None
) -> Snapshot | None:
    """Return the snapshot so far if it still holds, else a new one; None if there can be none.

    A manifest that was changed since it was read, or that a command without options would not
    find, gives none.
    """
    base = _base(workspace, lock)
    if base is None:
        return None
    old = snapshot.read(str(workspace.root), workspace.environ)
    if old is not None and _holds(old.base, base):
        return old
    return Snapshot(base, _tables(catalogue), _facts(workspace))


def _base(workspace: OpenedWorkspace, lock: LockFile | None) -> dict[str, Any] | None:
    """Return the state of all that the manifest's meaning depends on; None as in `_current`."""
    first = next((n for n in layout.MANIFEST_NAMES if (workspace.root / n).exists()), None)
    if workspace.manifest.path.name != first or not workspace.places.keeps_home:
        return None
    base = {
        "files": snapshot.observe(_files(workspace, lock), time.time_ns()),
        "environ": snapshot.relevant(workspace.environ),
        "host": snapshot.host(),
    }
    try:
        if workspace.manifest.path.read_text(encoding="utf-8") != workspace.manifest.text:
            return None
    except (OSError, UnicodeDecodeError):
        return None
    return base


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


def _holds(old: dict[str, Any], base: dict[str, Any]) -> bool:
    """Whether an old base has all that a new one would, and nothing of it changed."""
    same = old["environ"] == base["environ"] and old["host"] == base["host"]
    covered = set(base["files"]) <= set(old["files"])
    return same and covered and snapshot.unchanged(old["files"])


def _files(workspace: OpenedWorkspace, lock: LockFile | None) -> list[str]:
    """Every file that decides what the manifest means and whether the lock fits it."""
    config = config_files(workspace.environ, workspace.root)
    files = [workspace.root / name for name in layout.MANIFEST_NAMES]
    files += [workspace.lock_path, *config.all_of_user]
    files += [config.workspace] if config.workspace else []
    if workspace.config.get("trust.activation") or (config.workspace and config.workspace.exists()):
        files.append(consent_file(workspace.environ, workspace.root))
    chosen = workspace.environ.get("PIXI_CONFIG_FILE")
    files += [Path(chosen)] if chosen else []
    for folder in _local_projects(lock):
        files += [workspace.root / folder / name for name in _PROJECT_FILES]
    return list(dict.fromkeys(os.path.normpath(file) for file in files))


def _names_local_packages(lock: Path) -> bool:
    """Whether a lock of our own has packages that are built here; reading it would take long."""
    entries = [line.strip() for line in lock.read_text(encoding="utf-8").splitlines()]
    return any(
        line.startswith(("- conda_source:", "- source:"))
        or (line.startswith("- pypi:") and "://" not in line)
        for line in entries
    )


def _local_projects(lock: LockFile | None) -> list[str]:
    if lock is None:
        return []
    return sorted(
        {
            record.location
            for record in lock.records()
            if isinstance(record, PypiRecord) and isinstance(record.origin, LocalFolder)
        }
    )


def _facts(workspace: OpenedWorkspace) -> dict[str, Any]:
    from wisp.manifest.env_files import env_files

    return {
        "root": str(workspace.root),
        "manifest": str(workspace.manifest.path),
        "system": workspace.host[0].partition("-")[0],
        "release": workspace.level.release,
        "task_cache": str(workspace.places.task_cache),
        "several": len(workspace.environment_names) > 1,
        "env_files": env_files(workspace.manifest),
        "change_prompt": workspace.config.change_prompt,
        "completions": source_completions(workspace),
        **_named(workspace),
    }


def _named(workspace: OpenedWorkspace) -> dict[str, tuple[str, ...]]:
    """Return the names that only completions ask for."""
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
        "channels": tuple(dict.fromkeys(channels)),
    }


def _requirements(part: Target) -> tuple[CondaRequirement | PypiRequirement, ...]:
    conda = (*part.dependencies, *part.host_dependencies, *part.build_dependencies)
    return (*conda, *part.pypi_dependencies)
