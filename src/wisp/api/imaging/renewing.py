"""`image update`: which bases of a workspace are chosen anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wisp.api.imaging.bases import known_lock, renew_bases
from wisp.api.imaging.building import wanted_platforms
from wisp.api.imaging.declared import settings_of
from wisp.api.opened import OpenedWorkspace
from wisp.image.lock import LockedDebian, debian_key
from wisp.image.platform import PLATFORMS
from wisp.image.settings import ImageSettings
from wisp.layout import DEFAULT_ENVIRONMENT


def renew(
    workspace: OpenedWorkspace, environment: str | None, platforms: Sequence[str]
) -> tuple[LockedDebian, ...]:
    """Choose the packages of generated bases anew; return what is locked now.

    Without an environment and platforms those of all environments: for this machine's platform,
    and for others that are locked already.

    Raises what `wanted_platforms` and `base_for` raise.
    """
    if environment is not None or platforms:
        name = environment or DEFAULT_ENVIRONMENT
        settings = settings_of(workspace, name)
        chosen = wanted_platforms(workspace, name, platforms)
        return renew_bases(workspace, [(one.subdir, settings) for one in chosen], only=True)
    return renew_bases(workspace, list(_of_all(workspace)), only=False)


def _of_all(workspace: OpenedWorkspace) -> Iterator[tuple[str, ImageSettings]]:
    locked = known_lock(workspace).debian
    for name in workspace.environment_names:
        settings = settings_of(workspace, name)
        subdirs = {one.subdir for one in workspace.platforms(name)} & PLATFORMS.keys()
        if not subdirs and name != DEFAULT_ENVIRONMENT:
            continue
        own = {one.subdir for one in wanted_platforms(workspace, name, ())}
        for subdir in sorted(subdirs):
            if subdir in own or debian_key(subdir, settings.debian_packages) in locked:
                yield subdir, settings
