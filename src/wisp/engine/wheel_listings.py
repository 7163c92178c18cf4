"""Channels without shards that list wheels: read here, since rattler's gateway passes those over.

In shards the gateway finds wheels. Of a whole `repodata.json` it takes conda's own archives only,
but rattler's reader of such a file can take wheels as well: of one build before `.tar.bz2`, and
after `.conda`.

A file without wheels is left to the gateway; of a large one it is written down that it has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rattler.channel.channel import Channel
from rattler.rattler import PyMatchSpec

from wisp.engine.cached_lists import list_of
from wisp.engine.list_looks import found_in
from wisp.engine.list_places import refuse_odd_index, refuse_odd_list
from wisp.engine.native_gateway import records_of
from wisp.engine.records import location_of
from wisp.errors import FetchError
from wisp.trust import opened_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mmap import mmap

    from rattler.package.package_name import PackageName
    from rattler.platform.subdir import Subdir
    from rattler.repo_data.record import RepoDataRecord
    from rattler.repo_data.sparse import PackageFormatSelection, SparseRepoData

    from wisp.engine.gateway import ChannelAccess

#: The key of a table of wheels, in `v3`. What else is spelled so costs time and nothing else.
_KEY = b'"whl"'
#: No package has this name: who asks for it has a channel's files fetched and no more.
_NOBODY = "wisp-has-repodata-fetched"


class ListedChannel:
    """A channel read from whole lists by subdir, wheels too (the shape of `RepoDataSource`)."""

    def __init__(self, lists: Mapping[str, SparseRepoData]) -> None:
        self._lists = lists

    async def fetch_package_records(
        self, platform: Subdir, name: PackageName
    ) -> list[RepoDataRecord]:
        """Return the records of one name on one subdir."""
        listed = self._lists.get(str(platform))
        return [] if listed is None else listed.load_records(name, _with_wheels())

    def package_names(self, platform: Subdir) -> list[str]:
        """Return all names on one subdir, which globs are compared with."""
        listed = self._lists.get(str(platform))
        return [] if listed is None else listed.package_names(_with_wheels())


def _with_wheels() -> PackageFormatSelection:
    from rattler.repo_data.sparse import PackageFormatSelection  # seldom needed, and costly

    return PackageFormatSelection.PREFER_CONDA_WITH_WHL


#: What the gateway and the solver can be asked about.
Source = Channel | ListedChannel


async def sources_of(
    urls: Sequence[str], platforms: Sequence[Subdir], access: ChannelAccess
) -> list[Source]:
    """Return what to ask of channels given by their base URLs, in that order.

    Raises as `judged_channels`.
    """
    channels = await judged_channels(urls, platforms, access)
    return [_listed(channel, platforms, access) or channel for channel in channels]


async def judged_channels(
    urls: Sequence[str], platforms: Sequence[Subdir], access: ChannelAccess
) -> list[Channel]:
    """Have the lists of channels fetched, and return the channels, once all can be asked.

    Whoever asks rattler for anything of a channel comes through here before, with the same access.

    Raises `FetchError` if files cannot lie where a list says, or a list is no file, and rattler's
    `GatewayError` if a channel of the web cannot be read.
    """
    channels = [Channel(url) for url in urls]
    remote = [one for one in channels if not one.base_url.startswith("file:")]
    for channel in channels:
        for platform in platforms if channel.base_url.startswith("file:") else ():
            _require_file(Path(location_of(f"{channel.base_url.rstrip('/')}/{platform}")))
    if remote:
        nobody = PyMatchSpec(_NOBODY, True, True)
        await records_of(access.native_gateway, remote, platforms, [nobody], recursive=False)
    for channel in channels:
        for platform in platforms:
            _refuse_odd_places(channel.base_url, str(platform), access)
    return channels


def _require_file(folder: Path) -> None:
    """Refuse a pipe or a device in the place of a list, of which rattler would read for ever."""
    list_ = folder / "repodata.json"
    try:
        opened_regular(list_).close()
    except FileNotFoundError:  # which the gateway words
        return
    except OSError as error:
        reason = error.strerror or str(error)
        raise FetchError(f"could not read `{list_}`", causes=[reason]) from error


def _refuse_odd_places(base_url: str, subdir: str, access: ChannelAccess) -> None:
    url, file = f"{base_url.rstrip('/')}/{subdir}", list_of(base_url, subdir, access)
    if file is None:
        refuse_odd_index(url, access.repodata)
    else:
        refuse_odd_list(url, file, access.repodata)


def _listed(
    channel: Channel, platforms: Sequence[Subdir], access: ChannelAccess
) -> ListedChannel | None:
    """Return the reader of a channel's lists, or None where they have no wheels."""
    subdirs = [str(platform) for platform in platforms]
    files = {subdir: list_of(channel.base_url, subdir, access) for subdir in subdirs}
    there = {subdir: file for subdir, file in files.items() if file is not None}
    try:
        if not any(_has_wheels(file, access) for file in there.values()):
            return None
        return ListedChannel(
            {subdir: _opened(channel, subdir, file, access) for subdir, file in there.items()}
        )
    except (OSError, ValueError):  # which the gateway words
        return None


def _opened(channel: Channel, subdir: str, file: Path, access: ChannelAccess) -> SparseRepoData:
    """Open a list once for all solves."""
    key = (channel.base_url, subdir)
    if key not in access.lists:
        from rattler.repo_data.sparse import SparseRepoData

        access.lists[key] = SparseRepoData(channel, subdir, file)
    return access.lists[key]


def _has_wheels(file: Path, access: ChannelAccess) -> bool:
    """Tell whether a list may have wheels, by looking through its bytes once."""
    if file not in access.with_wheels:
        access.with_wheels[file] = found_in(file, access.repodata, "no-wheels", _names_wheels)
    return access.with_wheels[file]


def _names_wheels(text: mmap) -> bool:
    return text.find(_KEY) >= 0
