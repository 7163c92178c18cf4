"""Commands of other people: executables named `pixi-NAME` on PATH or in Pixi's home."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "pixi-"


def _folders(environ: Mapping[str, str]) -> list[str]:
    """Where extensions may lie: never in the folder one stands in, which may be a stranger's."""
    home = environ.get("PIXI_HOME")
    if not home:
        home = os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".pixi")
    found = [*environ.get("PATH", "").split(os.pathsep), os.path.join(home, "bin")]
    return [folder for folder in found if os.path.isabs(folder)]


def find(name: str, environ: Mapping[str, str]) -> str | None:
    """The executable behind an extension command, or None."""
    if not name or name.startswith("-") or os.sep in name:
        return None
    from shutil import which

    folders = _folders(environ)
    # An empty path would mean the folder one stands in.
    return which(_PREFIX + name, path=os.pathsep.join(folders)) if folders else None


def installed(environ: Mapping[str, str]) -> list[str]:
    """Names of all extension commands, sorted."""
    found: set[str] = set()
    for folder in _folders(environ):
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.is_file() and os.access(entry, os.X_OK):
                found.add(os.path.splitext(entry.name)[0].removeprefix(_PREFIX))
    return sorted(found)
