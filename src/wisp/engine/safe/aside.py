"""Links of packages that lead out of a prefix are not there while uv writes in it.

uv goes by paths, and writes through whatever is on its way. A package may well have a link to a
folder of the system, and wheels may come beside it. So such links are taken away, and made again
when uv is done, unless a wheel has something in their place.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from wisp.engine.safe.prefix import outward_links, refuse_outward
from wisp.engine.safe.root import Root
from wisp.errors import HostError, InstallError


def links_of_packages(root: Root, prefix: Path) -> dict[Path, str]:
    """Return the links that lead out of a prefix, each with the name of its package.

    Raises:
        ForeignLinkError: A link leads out that is of no package, and that nobody has accepted.

    """
    found = [path for path in outward_links(prefix) if path not in root.accepted]
    if not found:
        return {}
    from wisp.engine.linked import owners_of_files  # it loads rattler

    owners = owners_of_files(prefix)
    named = {path: owners.get(path.relative_to(prefix).as_posix()) for path in found}
    refuse_outward(prefix, [path for path, name in named.items() if name is None])
    return {path: name for path, name in named.items() if name is not None}


@contextlib.contextmanager
def taken_away(root: Root, links: Iterable[Path]) -> Iterator[None]:
    """Take links away meanwhile. Who is killed leaves them missing, and has to say so before.

    Raises:
        HostError: The operating system refuses.
        InstallError: Something has come to the place of one; that stays.

    """
    targets: dict[Path, str] = {}
    met: list[Path] = []
    try:
        for link in links:
            targets[link] = root.take_link(link)
        yield
    finally:
        met = [link for link, target in targets.items() if not _put_back(root, link, target)]
    if met:
        raise InstallError(
            "wheels have files where packages have symbolic links that lead out of the environment",
            causes=[f"`{link}` led to `{_target(link, targets[link])}`" for link in met],
            hints=["leave out one of the packages: they cannot be installed together"],
        )


def _put_back(root: Root, link: Path, target: str) -> bool:
    try:
        return root.make_link(link, target)
    except HostError:
        return False


def _target(link: Path, target: str) -> str:
    return os.path.normpath(link.parent / target)
