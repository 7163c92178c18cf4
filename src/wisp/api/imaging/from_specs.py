"""A workspace that exists only as long as an image of some packages is made."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wisp.api.context import SessionContext
from wisp.api.opened import OpenedWorkspace
from wisp.errors import UsageError
from wisp.image.platform import PLATFORMS
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.requirements import put_conda
from wisp.manifest.edit.spelling import conda_data
from wisp.manifest.read import load
from wisp.manifest.words import conda_word
from wisp.values import dataclass

_FALLBACK = "linux-64"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecImage:
    """Conda match specs, from which channels (the configured ones), for which platforms."""

    specs: str | Sequence[str]
    channels: str | Sequence[str] = ()
    platforms: str | Sequence[str] = ()


@contextmanager
def workspace_of(session: SessionContext, wanted: SpecImage) -> Iterator[OpenedWorkspace]:
    """Open a workspace of nothing but these packages, in a folder that goes away afterwards.

    Raises:
        ManifestError: A word is no match spec.
        UsageError: A platform is not Linux.

    """
    with tempfile.TemporaryDirectory(prefix="wisp-image-") as folder:
        path = Path(folder).resolve() / "pixi.toml"
        path.write_text(_manifest(session, wanted), encoding="utf-8")
        yield OpenedWorkspace(session, load(path), origin="match specs")


def _manifest(session: SessionContext, wanted: SpecImage) -> str:
    own = session.subdir if session.subdir in PLATFORMS else _FALLBACK
    platforms = tuple(dict.fromkeys(wanted.platforms or (own,)))
    for platform in platforms:
        if platform not in PLATFORMS:
            raise UsageError(f"containers do not run on '{platform}'")
    requirements = [conda_word(text) for text in wanted.specs]
    document = Document.open("[workspace]\n", "pixi")
    channels = list(wanted.channels or session.config.default_channels)
    document = document.set(("workspace", "name"), requirements[0].name)
    document = document.set(("workspace", "channels"), channels)
    document = document.set(("workspace", "platforms"), list(platforms))
    for one in requirements:
        document = put_conda(
            document, ManifestPart(), "dependencies", one.source_name, conda_data(one.spec)
        )
    return document.text
