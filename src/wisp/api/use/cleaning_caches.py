"""Removing the caches of the user, wherever the configuration has moved them.

Trees are deleted here. So only folders known to be caches go, by the names that stand in `layout`
or where a kind was moved to; and none that holds more than a cache.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from wisp import layout
from wisp.api.use.cleaning import Cleaned, remove
from wisp.config.files import home_folder, pixi_home
from wisp.errors import HostError
from wisp.specs.settings import CacheFolders
from wisp.specs.similarity import one_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext

#: Kinds of caches by the name of their option, with the kinds of content that they hold.
CACHE_KINDS: dict[str, tuple[str, ...]] = {
    "pypi": ("pypi-wheels",),
    "conda": ("conda-packages",),
    "mapping": ("pypi-mapping",),
    "exec": ("exec-environments", "detectors"),
    "repodata": ("repodata",),
    "notices": ("notices",),
    "build-backends": ("build-tool-environments",),
    "build": ("built-packages", "git-sources", "url-sources"),
    "images": ("images",),
}


def clean_caches(session: SessionContext, kinds: Sequence[str]) -> Cleaned:
    """Remove the named kinds of caches, or all of them and their root, once it is empty.

    Raises:
        UsageError: There is no such kind.
        HostError: A folder holds more than a cache (nothing is removed then), or could not be
            removed.

    """
    caches = session.chosen_settings.caches
    for warning in session.config.warnings:  # what cannot be read may have moved a cache
        session.reporter.warn(warning)
    wanted = [one_of(kind, CACHE_KINDS) for kind in kinds] or CACHE_KINDS
    folders = list(_folders(caches, wanted))
    if not kinds:
        folders.append(caches.root / layout.CACHE_FOLDERS["detached-environments"])
        folders.append(caches.root / layout.SNAPSHOTS_DIR)
        folders += sorted(caches.root.glob(f"{layout.UNVERIFIED_PACKAGES}*"))
    folders = list(dict.fromkeys(folders))
    _check(session, folders)
    done = remove(folders)
    return done if kinds else _with_root(caches.root, done, len(folders))


def _folders(caches: CacheFolders, kinds: Iterable[str]) -> Iterator[Path]:
    """Name the folders of kinds of caches; one-off commands keep theirs below the root always."""
    for content in (content for kind in kinds for content in CACHE_KINDS[kind]):
        usual = caches.root / layout.CACHE_FOLDERS[content]
        yield getattr(caches, content.replace("-", "_"), usual)
        if content == "exec-environments":
            yield usual


def _check(session: SessionContext, folders: Iterable[Path]) -> None:
    """Raise `HostError` if one of the folders holds what is none of its own. Links hold nothing."""
    caches = session.chosen_settings.caches
    home = pixi_home(session.environ)
    own = [caches.root, home_folder(session.environ), home, home / layout.ENVS_DIR]
    others = [*_folders(caches, CACHE_KINDS), caches.detached_environments]
    for folder in (folder for folder in folders if not folder.is_symlink()):
        real = folder.resolve()
        held = [other for other in own if other.resolve().is_relative_to(real)]
        held += [other for other in others if real in other.resolve().parents]
        held += [real / name for name in layout.MANIFEST_NAMES if (real / name).exists()]
        if held:
            raise HostError(
                f"`{folder}` is not removed: it is set as a cache, but holds `{held[0]}`",
                hints=("give each kind of cache a folder of its own",),
            )


def _with_root(root: Path, done: Cleaned, asked: int) -> Cleaned:
    """Remove the root of the caches if nothing is left in it; else say what is."""
    kept = tuple(sorted(map(str, root.iterdir()))) if root.is_dir() else ()
    if not kept:
        with contextlib.suppress(OSError):  # it is not there, a link, or in use again
            root.rmdir()
    untouched = (str(root),) if len(done.untouched) == asked else ()
    return Cleaned(done.freed, untouched, kept)
