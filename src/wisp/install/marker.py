"""What the marker of a prefix says, which may be damaged or a stranger's."""

from __future__ import annotations

from wisp import layout
from wisp.foreign import json_data
from wisp.trust import found_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

#: The keys of the marker that hold a platform, and those of a platform that hold lists of texts.
_PLATFORMS = ("resolved_platform", "minimum_supported_platform")
_TEXTS = ("virtual_packages", "requirements")


def read_marker(prefix: Path) -> Mapping[str, Any]:
    """Return the marker as plain data; empty when it is missing or damaged.

    Its platforms, where it has any, are tables with a text `subdir` and lists of texts: whatever
    else stands there was written by nobody we know and is left out.
    """
    try:
        found = json_data(found_bytes(prefix / layout.CONDA_META / layout.PREFIX_MARKER))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    platforms = {key: _platform(found[key]) for key in _PLATFORMS if key in found}
    return found | platforms


def _platform(told: object) -> Mapping[str, Any] | None:
    if not isinstance(told, dict) or not isinstance(told.get("subdir", ""), str):
        return None
    texts = {key: told[key] for key in _TEXTS if key in told}
    for key, listed in texts.items():
        rows = listed if isinstance(listed, list) else ()
        texts[key] = [row for row in rows if isinstance(row, str)]
    return told | texts
