"""Whose workspace it is that was found above the folder one stands in.

Who goes into a folder, or names it, has chosen it, whoever owns it. But in a folder of one's own
below `/tmp` or a share, a manifest that somebody else has put further up would decide what runs. So
that one needs consent, unless it is root's, or of who called sudo: git's rule (CVE-2022-24765).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wisp.config.consents import consents, digest
from wisp.errors import ManifestError, Place
from wisp.trust import found_bytes, stranger_who_owns, user_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.config.model import Config

#: What consents to a stranger's manifest are filed under.
OWNER = "owner"


def require_known_owner(config: Config, manifest: Path) -> None:
    """Refuse a stranger's manifest to which there is no consent as it is.

    Raises:
        ManifestError: Whose it is, and how to choose it.

    """
    wanted = owned_by(config.environ, manifest)
    if wanted is None or config.get("trust.workspace"):
        return
    if consents(config.environ, manifest.parent).get(OWNER) == digest(wanted):
        return
    raise ManifestError(
        f"`{manifest}` was found above this folder, and belongs to {wanted.partition(',')[0]}",
        place=Place(str(manifest)),
        hints=(
            f"if you mean it, name it, before the name of a task: `--manifest-path {manifest}`",
            "or accept it as it is by `wisp trust`",
        ),
    )


def owned_by(environ: Mapping[str, str], manifest: Path) -> str | None:
    """Return which stranger owns a manifest or its folder, and the manifest's SHA-256, in words."""
    found = (stranger_who_owns(str(path), environ.get("SUDO_UID")) for path in _judged(manifest))
    owner = next((one for one in found if one is not None), None)
    if owner is None:
        return None
    return f"{user_name(owner)}, SHA-256 {digest_of(manifest) or 'unknown'}"


def _judged(manifest: Path) -> tuple[Path, ...]:
    return (manifest, manifest.parent)


def digest_of(file: Path) -> str | None:
    """Return the SHA-256 of a file in hex, None if it cannot be read."""
    import hashlib

    try:
        return hashlib.sha256(found_bytes(file)).hexdigest()
    except OSError:
        return None
