"""Folders that a workspace keeps beside its files: `.pixi`, or the place of detached prefixes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

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


def prepare(places: Places, reporter: Reporter) -> None:
    """Make `.pixi` with its guards, and the link to detached prefixes, where they are missing.

    Beside what keeps none, as a script, nothing is made.

    Raises:
        HostError: The folder cannot be written.

    """
    if not places.keeps_home:
        return
    home, root = places.home, places.root
    root.make(home)
    for folder in (places.folder, home):
        root.sweep(folder)
    for name, text in GUARDS.items():
        if _is_lacking(home / name):
            root.write(home / name, text, lasting=False)
    if places.detached is not None:
        _link(root, places.usual_environments, places.detached, reporter)


def _is_lacking(guard: Path) -> bool:
    """Tell whether a guard is not there, or is as a power failure leaves what was just written."""
    try:
        found = os.lstat(guard)
    except FileNotFoundError:
        return True
    return stat.S_ISREG(found.st_mode) and not found.st_size


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
        from wisp.engine.files import refusal

        raise refusal("link", link, error) from error
