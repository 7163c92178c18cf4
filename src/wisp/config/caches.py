"""Which folder holds which kind of cached content (config.md §5)."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from wisp.config.files import home_folder
from wisp.config.keys import CACHE_KINDS
from wisp.config.others_caches import believed_owners, doubt_about_cache
from wisp.layout import CACHE_FOLDERS
from wisp.specs.controls import KeyPath
from wisp.specs.settings import CacheFolders
from wisp.trust import is_ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Kinds that bear being shared over a network file system.
_SHARED_KINDS = {"conda-packages", "pypi-wheels"}
_SCRATCH_VARIABLES = ("SLURM_TMPDIR", "PBS_JOBFS", "SCRATCH", "TMPDIR")


def user_cache(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Return the folder in which the programs of a user keep their caches."""
    home = home_folder(environ, platform=platform)
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if platform == "darwin":
        return home / "Library" / "Caches"
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache")


def cache_root(environ: Mapping[str, str], configured: str | None = None) -> Path:
    """Return the root of all caches; `configured` is the key `cache.root`."""
    chosen = environ.get("PIXI_CACHE_DIR") or environ.get("RATTLER_CACHE_DIR") or configured
    return expand(chosen, environ) if chosen else _users_root(environ)


def _users_root(environ: Mapping[str, str]) -> Path:
    user = user_cache(environ)
    own = user / "pixi"
    # A home that may not be entered (`HOME=/root` in a container of another user) holds nothing.
    return own if os.path.isdir(own) else user / "rattler" / "cache"  # noqa: PTH112


def cache_folders(
    values: Mapping[KeyPath, Any],
    environ: Mapping[str, str],
    *,
    is_remote: Callable[[Path], bool],
) -> CacheFolders:
    """Choose the folder of each kind: its variable, its key, the root's sub-folder.

    `is_remote` tells whether a path lies on a network file system. There, unless the user has
    chosen the root, what does not bear sharing moves to a local folder. A chosen folder to which
    others may write is not used, unless the user says so (`trust.caches`).
    """
    configured = values.get(("cache", "root"))
    explicit = configured or environ.get("PIXI_CACHE_DIR") or environ.get("RATTLER_CACHE_DIR")
    believed = bool(values.get(("trust", "caches")))
    owners = None if believed else believed_owners(environ)
    safe = _Safe(owners, _users_root(environ))
    root = cache_root(environ, configured)
    if explicit:
        root = safe.root(root)
    redirect = _redirect(values, environ)
    moves = not explicit and (redirect == "always" or (redirect == "auto" and is_remote(root)))
    chosen: dict[str, Path] = {}
    for kind in CACHE_KINDS:
        variable = f"PIXI_CACHE_{kind.upper().replace('-', '_')}_DIR"
        own = environ.get(variable) or values.get(("cache", kind))
        base = root
        if moves and kind not in _SHARED_KINDS:
            base = _own(_scratch(environ, is_remote)) or root
        folder = expand(own, environ) if own else base / CACHE_FOLDERS[kind]
        chosen[kind.replace("-", "_")] = safe.folder(folder, kind) if own or explicit else folder
    doubts = tuple(safe.doubts)
    return CacheFolders(root=root, owners=owners, doubts=doubts, believed=believed, **chosen)


class _Safe:
    """Puts folders in the user's home in the place of those that others may write to."""

    def __init__(self, owners: frozenset[int] | None, home: Path) -> None:
        self._owners = owners
        self._home = home
        self.doubts: list[str] = []

    def root(self, folder: Path) -> Path:
        return self._home if self._is_doubtful(folder, self._home) else folder

    def folder(self, folder: Path, kind: str) -> Path:
        usual = self._home / CACHE_FOLDERS[kind]
        return usual if self._is_doubtful(folder, usual) else folder

    def _is_doubtful(self, folder: Path, instead: Path) -> bool:
        reason = None if folder == instead else doubt_about_cache(folder, self._owners)
        if reason is not None:
            self.doubts.append(f"the cache `{folder}` is not used, but `{instead}`: {reason}")
        return reason is not None


def _redirect(values: Mapping[KeyPath, Any], environ: Mapping[str, str]) -> str:
    if environ.get("PIXI_DISABLE_NETFS_REDIRECT"):
        return "never"
    if environ.get("PIXI_FORCE_NETFS_REDIRECT"):
        return "always"
    named = environ.get("PIXI_CACHE_NETFS_REDIRECT", "")
    if named in {"auto", "always", "never"}:
        return named
    return str(values.get(("cache", "netfs-redirect"), "auto"))


def _scratch(environ: Mapping[str, str], is_remote: Callable[[Path], bool]) -> Path:
    import tempfile

    candidates = [Path(environ[name]) for name in _SCRATCH_VARIABLES if environ.get(name)]
    local = next((path for path in candidates if path.is_dir() and not is_remote(path)), None)
    user = environ.get("USER") or environ.get("USERNAME") or "user"
    return (local or Path(tempfile.gettempdir())) / f"pixi-cache-{user}"


def _own(folder: Path) -> Path | None:
    """Make a folder that only we may write to; None where another has put something in its place.

    Everybody knows its name, and may make it first in a folder for temporary files. What lies in it
    is run.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    return folder if stat.S_ISDIR(found.st_mode) and is_ours(found) else None


def expand(path: str, environ: Mapping[str, str]) -> Path:
    """Replace a leading `~` by the home folder; variables are not expanded."""
    if path == "~" or path.startswith(("~/", "~\\")):
        return home_folder(environ) / path[2:]
    return Path(path)
