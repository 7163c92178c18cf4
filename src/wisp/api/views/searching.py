"""Looking for packages in the channels of a workspace, or of the user."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from wisp.api.configuring import enclosing_root
from wisp.api.engines import EngineRoom
from wisp.api.workspace import Workspace
from wisp.config.model import ConfigRequest, read_config
from wisp.engine import host
from wisp.engine.gateway import ChannelAccess
from wisp.engine.search import find_records
from wisp.platforms import SUBDIRS
from wisp.report import SILENT, Reporter
from wisp.search import Package, search
from wisp.specs.conda import Channel, channel_url
from wisp.values import dataclass
from wisp.workspace.channels import channels_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSearch:
    """A search that is set up: where it looks, and for which machine it is best.

    `subdirs` are the parts of the channels that are searched.
    """

    channels: tuple[Channel, ...]
    subdirs: tuple[str, ...]
    host: str
    access: ChannelAccess

    def find(self, query: str) -> tuple[Package, ...]:
        """Find packages by name, glob or match spec.

        Raises:
            FetchError: Nothing was found, or a channel cannot be read.
            SolveError: The query is no match spec.

        """
        urls = [channel.url for channel in self.channels]
        find = partial(find_records, channels=urls, subdirs=self.subdirs, access=self.access)
        return search(query, find)

    def channel_name(self, url: str) -> str:
        """Return how a channel is called: as it was asked for, or by its URL."""
        wanted = url.rstrip("/") + "/"
        return next((one.text for one in self.channels if one.url == wanted), url)


def open_search(
    request: ConfigRequest,
    cwd: Path,
    *,
    channels: tuple[str, ...] = (),
    platform: str | None = None,
    manifest_path: str | None = None,
    reporter: Reporter = SILENT,
) -> PackageSearch:
    """Set a search up; `request` tells which configuration counts.

    Channels are those named, else the workspace's, else the configured default. Platforms are
    the one named, else the workspace's, else all there are.

    Raises:
        ManifestError: The manifest named, or the one around `cwd`, is faulty.

    """
    environ = request.environ
    root = enclosing_root(cwd, environ, manifest_path)
    workspace = None
    if root is not None:
        workspace = Workspace.open(
            Path(manifest_path) if manifest_path else None,
            cwd=cwd,
            environ=environ,
            reporter=reporter,
            overrides=request.overrides,
            no_config=request.no_config,
            config_file=request.config_file,
        )
        config, engines = workspace.config, workspace.engines
    else:
        config = read_config(request)
        engines = EngineRoom(config, environ, reporter)
    named = channels or (() if workspace else config.default_channels)
    return PackageSearch(
        channels=_named(named, cwd) or _channels_of(workspace),
        subdirs=_subdirs(workspace, platform),
        host=platform or host.subdir(environ),
        access=engines.channels,
    )


def _named(names: tuple[str, ...], cwd: Path) -> tuple[Channel, ...]:
    return tuple(Channel(name, channel_url(name, cwd)) for name in names)


def _channels_of(workspace: Workspace | None) -> tuple[Channel, ...]:
    if workspace is None:
        return ()
    return channels_of(workspace.manifest, *workspace.manifest.environments.values())


def _subdirs(workspace: Workspace | None, platform: str | None) -> tuple[str, ...]:
    if platform is not None:
        return tuple(dict.fromkeys((platform, "noarch")))
    if workspace is None:
        return SUBDIRS
    declared = (one.subdir for one in workspace.declared_platforms)
    return tuple(dict.fromkeys((*declared, "noarch")))
