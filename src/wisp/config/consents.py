"""What the user has consented to in workspaces: one file for each, in a folder of the user's.

A consent is to a content: it holds the digest of what was looked at, so that it ends when that
changes. It belongs to a path as well, so that a copy elsewhere is asked about anew. Nothing in a
workspace can give one.
"""

from __future__ import annotations

import os
from _blake2 import blake2b  # `hashlib` takes 3 ms, and most workspaces have no consents
from collections.abc import Mapping
from pathlib import Path

from wisp.config.files import pixi_home
from wisp.errors import HostError
from wisp.foreign import json_data
from wisp.rights import way_to_write
from wisp.trust import doubt_about, is_ours, own_content, write_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FOLDER = "wisp-consents"


def digest(subject: Any) -> str:
    """Digest plain data that somebody is to consent to: 64 hex digits."""
    import hashlib
    import json

    text = json.dumps(subject, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def consent_file(environ: Mapping[str, str], root: Path) -> Path:
    """Return where the consents to a workspace are kept, if there are any."""
    name = blake2b(os.fsencode(os.path.realpath(root)), digest_size=16).hexdigest()
    return pixi_home(environ) / _FOLDER / f"{name}.json"


def consents(environ: Mapping[str, str], root: Path) -> Mapping[str, str]:
    """Return the digest that was consented to, by the kind of subject.

    What somebody else could have written, or nobody can read, holds no consent.
    """
    file = consent_file(environ, root)
    try:
        folder_is_ours = is_ours(os.lstat(file.parent))
        content = own_content(str(file)) if folder_is_ours else None
        found = json_data(content) if content else {}
        given = found.get("consents") if isinstance(found, dict) else None
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(given, dict) or found.get("workspace") != os.path.realpath(root):
        return {}
    return {str(kind): str(value) for kind, value in given.items()}


def consent(environ: Mapping[str, str], root: Path, given: Mapping[str, str]) -> None:
    """Keep these consents to a workspace, and no others.

    Raises:
        HostError: They cannot be written, or would not count where they are kept.

    """
    import json

    file = consent_file(environ, root)
    document = {"workspace": os.path.realpath(root), "consents": dict(given)}
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if given:
            _require_own(file.parent)
            write_own(str(file), json.dumps(document, indent=2).encode())
        else:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise HostError(
            f"could not write `{file}`, so nothing was accepted",
            causes=[error.strerror or str(error)],
            hints=[way_to_write(file)],
        ) from error


def _require_own(folder: Path) -> None:
    """Refuse a folder in which no consent would count, since another may have written it."""
    if is_ours(os.lstat(folder)):
        return
    raise HostError(
        f"`{folder}` is not yours alone, so nothing was accepted",
        causes=[doubt_about(str(folder)) or "others may write to it"],
        hints=["make it a folder of your own that nobody else may write to, or remove it"],
    )
