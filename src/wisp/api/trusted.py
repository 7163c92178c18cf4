"""The snapshot of the workspace around us, if all that it rests on is as it was."""

from __future__ import annotations

import os

from wisp.api import snapshot
from wisp.layout import MANIFEST_NAMES
from wisp.trust import stranger_who_owns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from wisp.api.snapshot import Snapshot


class Doubt(Exception):  # noqa: N818 - not a failure, the full program takes over
    """Something is not as simple as the fast lane has it."""


def trusted(environ: Mapping[str, str]) -> Snapshot:
    """Return the snapshot of the workspace around us. Raises `Doubt` if none may be trusted."""
    found = snapshot.read(root_around(), environ)
    if found is None or not holds(found.base, found.workspace["manifest"], environ):
        raise Doubt
    return found


def holds(base: Mapping[str, Any], known: str, environ: Mapping[str, str]) -> bool:
    """Whether nothing changed of what a workspace was read from; `known` is its manifest."""
    if base["environ"] != snapshot.relevant(environ) or base["host"] != snapshot.host():
        return False
    named = {environ.get(f"PIXI_{word}_MANIFEST", known) for word in ("WORKSPACE", "PROJECT")}
    return named == {known} and snapshot.unchanged(base["files"])


def root_around() -> str:
    """Find the nearest folder with a manifest, as a full discovery would begin.

    Raises `Doubt` where there is none, and for one above us that is somebody else's.
    """
    try:
        folder = here = os.getcwd()
    except OSError:
        raise Doubt from None
    while not any(os.path.exists(os.path.join(folder, name)) for name in MANIFEST_NAMES):
        above = os.path.dirname(folder)
        if above == folder:
            raise Doubt
        folder = above
    if folder != here and any(
        stranger_who_owns(os.path.join(folder, name)) is not None for name in (".", *MANIFEST_NAMES)
    ):
        raise Doubt
    return folder
