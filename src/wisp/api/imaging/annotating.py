"""What an image says of where it comes from: the manifest first, then the git checkout.

Source: OCI image specification, annotations.md, "Pre-Defined Annotation Keys".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from wisp.api.opened import OpenedWorkspace
from wisp.engine.checkout import read_checkout
from wisp.image.base import Base
from wisp.image.scrub import clean_url
from wisp.patterns import pattern

_KEY = "org.opencontainers.image."
#: `user@host:path`, as git spells SSH.
_SCP = pattern(r"(?:[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^/\s:][^\s:]*)")


def annotations_of(
    workspace: OpenedWorkspace, further: Iterable[tuple[str, str]] = (), base: Base | None = None
) -> dict[str, str]:
    """Return annotations: title, version, source, revision, what an image stands on.

    `further` are those of the caller, which count before the others.
    """
    table = workspace.manifest.workspace
    checkout = read_checkout(workspace.root)
    known = {
        "title": table.name,
        "version": table.version,
        "description": table.description,
        "source": table.repository or source_url(checkout.origin or ""),
        "revision": checkout.revision,
        "base.name": base.name if base else None,
        "base.digest": base.digest if base else None,
    }
    return {f"{_KEY}{key}": str(value) for key, value in known.items() if value} | dict(further)


def source_url(remote: str) -> str | None:
    """Spell the address of a git remote as people open it, without credentials.

    A folder of this machine is nobody else's source.
    """
    scp = _SCP.fullmatch(remote)
    if scp is not None:
        remote = f"https://{scp['host']}/{scp['path']}"
    elif remote.startswith("ssh://"):
        remote = re.sub(r"^ssh://([^/:]+)(:\d+)?/", r"https://\1/", remote)
    if not remote.startswith(("https://", "http://", "git://")):
        return None
    return clean_url(remote).partition("#")[0].removesuffix("/").removesuffix(".git")
