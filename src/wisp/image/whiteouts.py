"""Whiteouts by which a layer takes away what lies in the layers below it.

`.wh.x` takes away `x` with all below it, `.wh..wh..opq` all that a folder had. What the same layer
brings stays, wherever the marker stands in it.

Source: OCI image specification, layer.md, "Whiteouts" and "Opaque Whiteout".
"""

from __future__ import annotations

from pathlib import PurePosixPath

_PREFIX = ".wh."
_OPAQUE = ".wh..wh..opq"


class Whiteouts:
    """The markers of one layer."""

    def __init__(self) -> None:
        self._gone: set[PurePosixPath] = set()
        self._emptied: set[PurePosixPath] = set()

    def take(self, path: PurePosixPath) -> bool:
        """Remember a member if it is a marker, and tell whether it is one."""
        if path.name == _OPAQUE:
            self._emptied.add(path.parent)
        elif path.name.startswith(_PREFIX):
            self._gone.add(path.with_name(path.name.removeprefix(_PREFIX)))
        else:
            return False
        return True

    def hide(self, path: PurePosixPath) -> bool:
        """Tell whether a path of a layer below is not there any more."""
        above = set(path.parents)
        return path in self._gone or not self._gone.isdisjoint(above) or bool(self._emptied & above)
