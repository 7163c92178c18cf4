"""What the wheel starts wisp by, which differs by system.

Elsewhere than on Windows `wisp` is a raw script (`bin/wisp`): what some installers write for an
entry point imports `re` (7 ms) before it reaches us. On Windows a script without an extension is no
program, so there it is an entry point, of which installers make `wisp.exe`.

A wheel is for the system that builds it; `WISP_WHEEL=win_amd64` makes one for that platform.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

_MAIN = "wisp.__main__:main"
_WANTED = os.environ.get("WISP_WHEEL", "")
_WINDOWS = _WANTED.startswith("win") or (not _WANTED and sys.platform == "win32")


class EntryPoints(MetadataHookInterface):
    """Adds `[project.scripts]`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Name the entry points; `wisp-env` is one everywhere."""
        metadata["scripts"] = {"wisp-env": _MAIN} | ({"wisp": _MAIN} if _WINDOWS else {})


class Scripts(BuildHookInterface[Any]):
    """Adds the raw script to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Put the script in, or say which platform the wheel is for."""
        if not _WINDOWS:
            build_data["shared_scripts"] = {"bin/wisp": "wisp"}
        if _WANTED:
            build_data["tag"] = f"py3-none-{_WANTED}"
