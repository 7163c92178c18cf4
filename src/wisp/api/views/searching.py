"""Looking for packages in the channels of a workspace, or of the user."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from wisp.api.context import SessionContext
from wisp.api.elsewhere import near
from wisp.api.machine_platform import known_subdir
from wisp.api.named_channels import channels_named
from wisp.api.opened import OpenedWorkspace
from wisp.engine import host
from wisp.engine.gateway import ChannelAccess
from wisp.engine.search import find_records, known_names
from wisp.errors import FetchError
from wisp.platforms import SUBDIRS
from wisp.search import FoundPackage, search
from wisp.specs.conda import Channel
from wisp.values import dataclass, field
from wisp.workspace.channels import channels_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSearch:
    """A search that is set up: where it looks, and for which machine it is best.

    `subdirs` are the parts of the channels that are searched.
    """

    channels: tuple[Channel, ...]
    subdirs: tuple[str, ...]
    host: str
    access: ChannelAccess = field(repr=False)

    def find(self, query: str) -> tuple[FoundPackage, ...]:
        """Find packages by name, glob or match spec.

        Raises:
            FetchError: Nothing was found, or a channel cannot be read.
            SolveError: The query is no match spec.

        """
        urls = [channel.url for channel in self.channels]
        find = partial(find_records, channels=urls, subdirs=self.subdirs, access=self.access)
        return search(query, find, self._near)

    def _near(self, name: str) -> list[str]:
        urls = [channel.url for channel in self.channels]
        try:
            return near(name, known_names(urls, self.host, self.access))
        except FetchError:
            return []

    def channel_name(self, url: str) -> str:
        """Return how a channel is called: as it was asked for, or by its URL."""
        wanted = url.rstrip("/") + "/"
        return next((one.text for one in self.channels if one.url == wanted), url)


def open_search(
    session: SessionContext,
    cwd: Path,
    workspace: OpenedWorkspace | None = None,
    *,
    channels: Sequence[str] = (),
    platform: str | None = None,
) -> PackageSearch:
    """Set a search up; channels are spelled as in a manifest that lies in `cwd`.

    Channels are those named, else the workspace's, else the configured default. Platforms are
    the one named, else the workspace's, else all there are. Raises `UsageError` for what is
    neither a platform of the workspace nor a subdir.
    """
    named = channels or (() if workspace else session.config.default_channels)
    subdir = None if platform is None else _subdir_of(platform, workspace)
    return PackageSearch(
        channels=channels_named(session, named, cwd) or _channels_of(workspace),
        subdirs=_subdirs(workspace, subdir),
        host=subdir or host.subdir(session.environ),
        access=session.channels,
    )


def _channels_of(workspace: OpenedWorkspace | None) -> tuple[Channel, ...]:
    if workspace is None:
        return ()
    return channels_of(workspace.manifest, *workspace.manifest.environments.values())


def _subdir_of(platform: str, workspace: OpenedWorkspace | None) -> str:
    declared = () if workspace is None else workspace.declared_platforms
    named = next((one.subdir for one in declared if one.name == platform), None)
    return named or known_subdir(platform)


def _subdirs(workspace: OpenedWorkspace | None, subdir: str | None) -> tuple[str, ...]:
    if subdir is not None:
        return tuple(dict.fromkeys((subdir, "noarch")))
    if workspace is None:
        return SUBDIRS
    declared = (one.subdir for one in workspace.declared_platforms)
    return tuple(dict.fromkeys((*declared, "noarch")))
