"""Removing what can be made again: environments and caches. Lock files are never touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wisp.api.registry import prune
from wisp.engine.files import folder_size, refusal
from wisp.values import dataclass

if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace

#: Kinds of caches by the name of their option, with their folders below the cache root.
CACHE_KINDS: dict[str, tuple[str, ...]] = {
    "pypi": ("uv-cache",),
    "conda": ("pkgs",),
    "mapping": ("conda-pypi-mapping",),
    "exec": ("cached-envs-v0",),
    "repodata": ("repodata",),
    "notices": ("notices",),
    "build-backends": ("cached-build-tool-envs-v0",),
    "build": ("backends-v0", "git-v0", "url-v0"),
}
_BUILD_FOLDERS = ("build", "artifacts-v0", "bld", "meta")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning did: bytes freed, and the folders that were not there in the first place."""

    freed: int
    untouched: tuple[str, ...] = ()


def clean_workspace(
    workspace: OpenedWorkspace,
    *,
    environment: str | None = None,
    activation_cache: bool = False,
    build: bool = False,
    registry: bool = False,
) -> Cleaned:
    """Remove the folders of a workspace that `install` and `run` make again.

    Without a narrowing argument everything goes, and vanished workspaces leave the registry.

    Raises:
        HostError: A folder could not be removed.
        ManifestError: The environment is unknown.

    """
    places = workspace.places
    home = places.home
    narrowed: list[Path] = []
    if environment is not None:
        workspace.require_environment(environment)
        narrowed.append(workspace.prefix(environment))
        narrowed.append(places.activation_cache / f"activation_{environment}.json")
    if activation_cache:
        narrowed.append(places.activation_cache)
    if build:
        narrowed += [home / name for name in _BUILD_FOLDERS]
    if registry:
        prune(workspace.environ)
    if narrowed or registry:
        return _remove(narrowed)
    prune(workspace.environ)
    folders = [
        places.environments,
        places.solve_groups,
        places.task_cache,
        places.activation_cache,
        *(home / name for name in _BUILD_FOLDERS),
    ]
    return Cleaned(_remove(folders).freed)


def clean_caches(kinds: Sequence[str], environ: Mapping[str, str]) -> Cleaned:
    """Remove the named kinds of caches, or the whole cache root if none is named.

    Raises:
        HostError: A folder could not be removed.

    """
    from wisp.config import cache_root

    root = cache_root(environ)
    if not kinds:
        return _remove([root])
    return _remove(root / folder for kind in kinds for folder in CACHE_KINDS[kind])


def _remove(paths: Iterable[Path]) -> Cleaned:
    freed = 0
    untouched: list[str] = []
    for path in paths:
        if not path.exists() and not path.is_symlink():
            untouched.append(str(path))
            continue
        freed += folder_size(path)
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError as error:
            raise refusal("remove", path, error) from error
    return Cleaned(freed, tuple(untouched))
