"""Folders that a workspace keeps beside its files: `.pixi`, or the place of detached prefixes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from wisp.api.places import is_detached_from
from wisp.engine.files import is_for_lack_of_room_or_right, refusal
from wisp.errors import HostError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.places import Places
    from wisp.engine.safe.root import Root
    from wisp.report import Reporter

#: Files that keep tools for source code and packages out of `.pixi`.
GUARDS = {
    ".gitignore": "*\n!config.toml\n",
    ".condapackageignore": ".pixi\n!.pixi/config.toml\n",
}
#: The way out where a workspace is somebody else's, or mounted read-only.
DETACH = "`pixi config set --global detached-environments FOLDER` keeps environments elsewhere"


def needs_detached(places: Places) -> bool:
    """Whether nobody lets us write to a workspace, whose environments would be in it."""
    beside = places.keeps_home and places.detached is None
    return beside and not os.access(places.folder, os.W_OK)


def prepare(places: Places, reporter: Reporter) -> None:
    """Make `.pixi` with its guards, and the link to detached prefixes, where they are missing.

    Beside what keeps none, as a script, nothing is made. Where prefixes are detached the folder
    only helps to find them, and is done without if nobody may write there.

    Raises:
        HostError: The folder cannot be written.

    """
    if not places.keeps_home:
        return
    try:
        _make_home(places)
        if places.detached is not None:
            _link(places.root, places.usual_environments, places.detached, reporter)
        else:
            _take_own_link(places, reporter)
    except HostError as error:
        if places.detached is None or not is_for_lack_of_room_or_right(error):
            raise


def _make_home(places: Places) -> None:
    home, root = places.home, places.root
    root.make(home)
    for folder in (places.folder, home):
        root.sweep(folder)
    for name, text in GUARDS.items():
        if _is_lacking(home / name):
            root.write(home / name, text, lasting=False)


def _is_lacking(guard: Path) -> bool:
    """Tell whether a guard is not there, or is as a power failure leaves what was just written."""
    try:
        found = os.lstat(guard)
    except FileNotFoundError:
        return True
    return stat.S_ISREG(found.st_mode) and not found.st_size


def _take_own_link(places: Places, reporter: Reporter) -> None:
    """Remove the link to prefixes that are detached no more; what it leads to stays."""
    link = places.usual_environments
    if link.is_symlink() and is_detached_from(places.folder, link.readlink()):
        there = places.root.take_link(link)
        # No advice to remove them: a stranger may have written where the link leads.
        reporter.warn(
            f"environments are kept in `{link}` again: those in `{there}` are not used any more"
        )


def _link(root: Root, link: Path, folder: Path, reporter: Reporter) -> None:
    """Make our own link to detached prefixes: the one that may stand below a workspace."""
    if link.is_dir() and not link.is_symlink():
        reporter.warn(
            f"environments in `{link}` are not used: they are kept in `{folder}`",
            ("remove them with `rm -r`, then they are linked",),
        )
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink() or link.readlink() != folder:
            root.remove(link)
            with root.folder(link.parent) as home:
                home.link(str(folder), link.name)
    except OSError as error:
        raise refusal("link", link, error) from error
