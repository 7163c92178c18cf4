"""Folders of local Python projects, and archives of this machine, before uv reads in them."""

from __future__ import annotations

import stat
from pathlib import Path

from wisp.engine.records import location_of
from wisp.errors import FetchError
from wisp.trust import LARGEST, is_readable


def require_files(place: Path) -> None:
    """See to it that what uv reads of a local archive, or of a project and above it, has an end.

    Raises `FetchError` for a pipe or a device in place of a file, of which uv would read for ever.
    """
    try:
        kind = stat.S_IFMT(place.stat().st_mode)
    except OSError:  # uv tells why
        return
    if kind == stat.S_IFDIR:
        _require_project(place)
    elif kind != stat.S_IFREG:
        reason = "it is neither a file nor a folder, but a pipe, a device or a socket"
        raise FetchError(f"could not read `{place}`", causes=[reason])


def require_address(url: str) -> None:
    """Do the same for what an address names, if that lies on this machine (`file:`)."""
    if url.lower().startswith("file:"):
        require_files(Path(location_of(url)))


def _require_project(folder: Path) -> None:
    beside = [folder / name for name in ("setup.py", "setup.cfg", "PKG-INFO")]
    for file in (*beside, *(place / "pyproject.toml" for place in (folder, *folder.parents))):
        try:
            found = file.stat()
        except OSError:  # most are not there
            continue
        if not is_readable(found, LARGEST):
            reason = f"it is no regular file, or larger than {LARGEST >> 20} MB"
            raise FetchError(f"could not read `{file}`", causes=[reason])
