"""Folders of local Python projects, before uv reads in them."""

from __future__ import annotations

from pathlib import Path

from wisp.errors import FetchError
from wisp.trust import LARGEST, is_readable


def require_files(folder: Path) -> None:
    """See to it that what uv reads of a local project, and above it, has an end.

    Raises `FetchError` for a pipe or a device in place of a file, of which uv would read for ever.
    """
    beside = [folder / name for name in ("setup.py", "setup.cfg", "PKG-INFO")]
    for file in (*beside, *(place / "pyproject.toml" for place in (folder, *folder.parents))):
        try:
            found = file.stat()
        except OSError:  # most are not there
            continue
        if not is_readable(found, LARGEST):
            reason = f"it is no regular file, or larger than {LARGEST >> 20} MB"
            raise FetchError(f"could not read `{file}`", causes=[reason])
