"""Which mirror of Debian the host's own package manager uses, if it is one of Debian's.

Source: sources.list(5), both forms.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from wisp.patterns import pattern

_FOLDER = Path("/etc/apt")
_LINE = pattern(r"(?m)^deb\s+(?:\[[^\]]*\]\s+)?(\S+)")
_FIELD = pattern(r"(?m)^URIs:\s*(\S+)")


def host_mirror(folder: Path = _FOLDER) -> str | None:
    """Return the first URL of a mirror of Debian's main archive, without a trailing slash."""
    for text, wanted in _texts(folder):
        for match in wanted.finditer(text):
            url = match[1].rstrip("/")
            if url.startswith(("http://", "https://")) and url.endswith("/debian"):
                return url
    return None


def _texts(folder: Path) -> Iterator[tuple[str, re.Pattern[str]]]:
    parts = folder / "sources.list.d"
    rows = [(folder / "sources.list", _LINE)]
    rows += [(file, _LINE) for file in sorted(parts.glob("*.list"))]
    rows += [(file, _FIELD) for file in sorted(parts.glob("*.sources"))]
    for file, wanted in rows:
        with contextlib.suppress(OSError):
            yield file.read_text(encoding="utf-8", errors="replace"), wanted
