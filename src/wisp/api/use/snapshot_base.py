"""What memories of a workspace rest on: the state of files, variables and the machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

from wisp import layout
from wisp.api import snapshot
from wisp.api.folders import GUARDS
from wisp.config.consents import consent_file
from wisp.config.files import config_files
from wisp.engine.files import is_there

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.api.opened import OpenedWorkspace
    from wisp.lock.model import LockFile

#: What uv looks at to see whether a local project has changed.
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "src")


def base_of(workspace: OpenedWorkspace, lock: LockFile | None) -> dict[str, Any] | None:
    """Return the state of all that the manifest's meaning depends on; None if there can be none.

    A manifest that was changed since it was read, or that a command without options would not
    find, gives none.
    """
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


def holds(old: dict[str, Any], base: dict[str, Any]) -> bool:
    """Whether an old base has all that a new one would, and nothing of it changed."""
    same = old["environ"] == base["environ"] and old["host"] == base["host"]
    covered = set(base["files"]) <= set(old["files"])
    return same and covered and snapshot.unchanged(old["files"])


def looked_at(workspace: OpenedWorkspace, environment: str) -> list[Path]:
    """Return what an installation that finds nothing to do has looked at, in the order it does.

    That is more than `run` asks for: a user may have taken a package away or put another there.
    """
    from wisp.engine.wheels import WHEEL_ORIGIN, site_packages, starting

    home, prefix = workspace.places.home, workspace.prefix(environment)
    meta = prefix / layout.CONDA_META
    lib = prefix / "lib"
    files = [*(home / name for name in GUARDS), meta, lib, *starting(lib, "py")]
    names = (layout.PREFIX_FINGERPRINT, layout.PREFIX_HISTORY, layout.PREFIX_PATH_FILE)
    files += [meta / name for name in (*names, layout.PREFIX_MARKER)]
    for folder in site_packages(prefix):
        wheels = sorted(folder.glob("*.dist-info"))
        # Another tool may install the same version: then these files tell, and no folder's names.
        files += [folder, *(wheel / name for wheel in wheels for name in WHEEL_ORIGIN)]
    return files


def _files(workspace: OpenedWorkspace, lock: LockFile | None) -> list[str]:
    """Every file that decides what the manifest means and whether the lock fits it."""
    config = config_files(workspace.environ, workspace.root)
    files = [workspace.root / name for name in layout.MANIFEST_NAMES]
    files += [workspace.lock_path, *config.all_of_user]
    files += [config.workspace] if config.workspace else []
    if workspace.config.get("trust.activation") or (
        config.workspace and is_there(config.workspace)
    ):
        files.append(consent_file(workspace.environ, workspace.root))
    chosen = workspace.environ.get("PIXI_CONFIG_FILE")
    files += [Path(chosen)] if chosen else []
    for folder in _local_projects(lock):
        files += [workspace.root / folder / name for name in _PROJECT_FILES]
    return list(dict.fromkeys(os.path.normpath(file) for file in files))


def _local_projects(lock: LockFile | None) -> list[str]:
    if lock is None:
        return []
    from wisp.specs.origins import LocalFolder
    from wisp.specs.records import PypiRecord

    return sorted(
        {
            record.location
            for record in lock.records()
            if isinstance(record, PypiRecord) and isinstance(record.origin, LocalFolder)
        }
    )
