"""Whiteouts by which a layer takes away what lies in the layers below it.

`.wh.x` takes away `x` with all below it, `.wh..wh..opq` all that a folder had. What the same layer
brings stays, wherever the marker stands in it.

Source: OCI image specification, layer.md, "Whiteouts" and "Opaque Whiteout".
"""

from __future__ import annotations

import tarfile
from pathlib import PurePosixPath

_PREFIX = ".wh."
_OPAQUE = ".wh..wh..opq"


def whiteout_of(path: PurePosixPath) -> PurePosixPath:
    """Return where the marker lies that takes a path away."""
    return path.with_name(_PREFIX + path.name)


def hides_nothing_by_name(path: PurePosixPath) -> bool:
    """Tell whether a path is a marker that names no file: engines take its whole folder for it."""
    return path.name.startswith(_PREFIX) and path.name[len(_PREFIX) :] in ("", ".", "..")


class Whiteouts:
    """The markers of one layer."""

    def __init__(self) -> None:
        self._gone: set[PurePosixPath] = set()
        self._emptied: set[PurePosixPath] = set()

    def take(self, path: PurePosixPath) -> bool:
        """Remember a member if it is a marker, and tell whether it is one.

        Raises `TarError` for a marker that names no file.
        """
        if hides_nothing_by_name(path):
            raise tarfile.ReadError(f"the marker `{path}` names no file")
        if path.name == _OPAQUE:
            self._emptied.add(path.parent)
        elif path.name.startswith(_PREFIX):
            self._gone.add(path.with_name(path.name.removeprefix(_PREFIX)))
        else:
            return False
        return True

    def hide(self, path: PurePosixPath) -> bool:
        """Tell whether a path of a layer below is not there any more."""
        if not self._gone and not self._emptied:
            return False
        above = set(path.parents)
        return path in self._gone or not self._gone.isdisjoint(above) or bool(self._emptied & above)
