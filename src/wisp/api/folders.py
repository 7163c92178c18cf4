"""Folders that a workspace keeps beside its files: `.pixi`, or the place of detached prefixes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wisp.engine.files import refusal, sweep_drafts, write_atomically

if TYPE_CHECKING:
    from wisp.api.places import Places
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
    home = places.home
    try:
        home.mkdir(exist_ok=True)
    except OSError as error:
        raise refusal("create", home, error) from error
    for folder in (places.folder, home):
        sweep_drafts(folder)
    for name, text in GUARDS.items():
        if not (home / name).exists():
            write_atomically(home / name, text)
    if places.detached is not None:
        _link(places.usual_environments, places.detached, reporter)


def _link(link: Path, folder: Path, reporter: Reporter) -> None:
    if link.is_dir() and not link.is_symlink():
        reporter.warn(
            f"environments in `{link}` are not used: they are kept in `{folder}`",
            ("remove them with `rm -r`, then they are linked",),
        )
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink() or link.readlink() != folder:
            link.unlink(missing_ok=True)
            link.symlink_to(folder)
    except OSError as error:
        raise refusal("link", link, error) from error
