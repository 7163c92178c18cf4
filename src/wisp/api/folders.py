"""Folders that a workspace keeps beside its files: `.pixi`, or the place of detached prefixes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wisp import layout
from wisp.engine.files import refusal, sweep_drafts, write_atomically

if TYPE_CHECKING:
    from wisp.api.workspace import Workspace

#: Files that keep tools for source code and packages out of `.pixi`.
GUARDS = {
    ".gitignore": "*\n!config.toml\n",
    ".condapackageignore": ".pixi\n!.pixi/config.toml\n",
}


def environments_folder(workspace: Workspace) -> Path:
    """Where the prefixes of a workspace are: `.pixi/envs`, or below the detached folder."""
    from wisp.engine.host import is_remote

    detached = workspace.config.detached_folder(is_remote=is_remote)
    if detached is None:
        return workspace.root / layout.PIXI_DIR / layout.ENVS_DIR
    import xxhash

    digest = xxhash.xxh3_64_intdigest(os.fsencode(workspace.root))
    return detached / f"{workspace.name}-{digest}" / layout.ENVS_DIR


def prepare(workspace: Workspace) -> None:
    """Make `.pixi` with its guards, and the link to detached prefixes, where they are missing.

    Beside a script nothing is made.

    Raises:
        HostError: The folder cannot be written.

    """
    if workspace.manifest.kind == "script":
        return
    home = workspace.root / layout.PIXI_DIR
    try:
        home.mkdir(exist_ok=True)
    except OSError as error:
        raise refusal("create", home, error) from error
    for folder in (workspace.root, home):
        sweep_drafts(folder)
    for name, text in GUARDS.items():
        if not (home / name).exists():
            write_atomically(home / name, text)
    _link_detached(workspace, home / layout.ENVS_DIR)


def _link_detached(workspace: Workspace, link: Path) -> None:
    folder = workspace.environments_folder
    if folder == link:
        return
    if link.is_dir() and not link.is_symlink():
        workspace.reporter.warn(
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
