"""Links of a workspace through which wisp would write elsewhere, and which the user accepts."""

from __future__ import annotations

import os

from wisp import layout
from wisp.config.consents import consents, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def accepted_links(environ: Mapping[str, str], root: Path) -> frozenset[Path]:
    """Return the links below a workspace that lead where the user has accepted them to lead."""
    return frozenset(
        root / key.removeprefix("link ")
        for key, value in consents(environ, root).items()
        if key.startswith("link ") and value == digest(target(root / key.removeprefix("link ")))
    )


def foreign_links(root: Path) -> Iterator[Path]:
    """Find the links of a workspace through which wisp would write elsewhere."""
    from wisp.engine.safe.prefix import outward_links

    home = root / layout.PIXI_DIR
    if home.is_symlink():
        yield home
    for group in (layout.ENVS_DIR, layout.SOLVE_GROUP_ENVS_DIR):
        folder = home / group
        if folder.is_dir() and not folder.is_symlink():
            for prefix in sorted(folder.iterdir()):
                yield from sorted(outward_links(prefix))


def target(link: Path) -> str:
    """Return where a link leads in the end."""
    return os.path.realpath(link)
