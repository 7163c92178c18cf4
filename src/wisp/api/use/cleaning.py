"""Removing what a workspace can make again. Lock files are never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from wisp.api.registry import prune
from wisp.api.use.conda_list import take_off_list
from wisp.engine.files import folder_size, refusal
from wisp.engine.trees import remove_tree
from wisp.layout import CONDA_META, TASK_CACHE_DIR
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.opened import OpenedWorkspace
    from wisp.api.places import Places

_BUILD_FOLDERS = ("build", "artifacts-v0", "bld", "meta")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning did: bytes freed, the folders that were not there in the first place.

    `kept` is what lies where caches lie, and is none that is known.
    """

    freed: int
    untouched: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def _left_behind(folder: Path) -> list[str]:
    """Name the environments that have a prefix, those too that the manifest has no more."""
    try:
        return [one.name for one in folder.iterdir() if (one / CONDA_META).is_dir()]
    except OSError:
        return []


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
        ManifestError: The environment is unknown, and left no folder.

    """
    places = workspace.places
    home = places.home
    narrowed: list[Path] = []
    if environment is not None:
        if environment not in _left_behind(places.environments):
            workspace.require_environment(environment)
        narrowed.append(places.prefix(environment))
        take_off_list(workspace, places.prefix(environment))
        narrowed.append(places.activation_cache / f"activation_{environment}.json")
    if activation_cache:
        narrowed.append(places.activation_cache)
    if build:
        narrowed += [home / name for name in _BUILD_FOLDERS]
    if registry:
        prune(workspace.environ)
    if narrowed or registry:
        return remove(narrowed, _safely(places))
    prune(workspace.environ)
    folders = [
        places.environments,
        places.solve_groups,
        home / TASK_CACHE_DIR,  # as it is named: `Root` follows accepted links by itself
        places.activation_cache,
        *(home / name for name in _BUILD_FOLDERS),
    ]
    take_off_list(workspace, places.environments)
    return Cleaned(remove(folders, _safely(places)).freed)


def _safely(places: Places) -> Callable[[Path], None]:
    return lambda path: places.root_of(path).remove(path)


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            remove_tree(path)
        else:
            path.unlink()
    except OSError as error:
        raise refusal("remove", path, error) from error


def remove(paths: Iterable[Path], delete: Callable[[Path], None] = _delete) -> Cleaned:
    """Remove files, folders and links; what links lead to stays. Raises `HostError`."""
    freed = 0
    untouched: list[str] = []
    for path in paths:
        if not path.exists() and not path.is_symlink():
            untouched.append(str(path))
            continue
        freed += folder_size(path)
        delete(path)
    return Cleaned(freed, tuple(untouched))
