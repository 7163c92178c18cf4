"""Which files requirements may include: whoever wrote them could mean a secret of the user's.

Its lines would be shown where they are wrong, and where not, asked for as names of packages.
"""

from __future__ import annotations

import os
from pathlib import Path

from wisp.patterns import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Trust = Literal["called so", "unsaid"]

#: How files of requirements are called, in whatever folder they are.
_CALLED_SO = pattern(r"(?i)[^.].*\.(txt|in|pip)|[^.]*(requirement|constraint|reqs)[^.]*(\..*)?")


def trust_in(file: Path, home: Path) -> Trust | None:
    """Tell whether a file may be included by requirements that lie in the folder `home`.

    None is for one that is not called as such files are and lies elsewhere, or hidden. What lies
    below `home` and says nothing of its kind (`dev`) may be included, but its lines not be shown.
    """
    real = _real(file)
    if all(_CALLED_SO.fullmatch(one.name) for one in (file, real)):
        return "called so"
    pairs = ((Path(os.path.normpath(file)), home.absolute()), (real, _real(home)))
    return "unsaid" if all(_is_open_below(one, folder) for one, folder in pairs) else None


def _is_open_below(file: Path, folder: Path) -> bool:
    if not file.is_relative_to(folder):
        return False
    return not any(part.startswith(".") for part in file.relative_to(folder).parts)


def _real(path: Path) -> Path:
    """Follow links; where they go in a circle, whoever reads the file tells."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path
