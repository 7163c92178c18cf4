"""One client, one repodata gateway and one package cache for all that asks channels.

A bare `Gateway` of py-rattler sends no credentials; this one has the client that does.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from wisp.engine.lookout import Lookout
from wisp.engine.memory import bearable
from wisp.engine.open_files import raise_limit
from wisp.engine.rattler_client import make_client, make_configuration
from wisp.engine.safe.owner import drop_foreign
from wisp.specs.settings import EngineSettings
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rattler.config.config import Config
    from rattler.networking.client import Client
    from rattler.package_cache.package_cache import PackageCache
    from rattler.rattler import PyGateway
    from rattler.repo_data.gateway import Gateway
    from rattler.repo_data.sparse import SparseRepoData


class ChannelAccess:
    """Everything shared by the solves, searches and installs of one set of settings.

    `environ` names proxies, certificates and credentials; without it, the process's does.
    Make one per process and pass it on.
    """

    def __init__(self, settings: EngineSettings, environ: Mapping[str, str] | None = None) -> None:
        raise_limit()
        self.settings = settings
        self._environ = os.environ if environ is None else environ
        self._guard = threading.RLock()
        #: How many solves may run at once; more than there are cores only costs memory.
        self.solves = threading.Semaphore(settings.network.concurrent_solves)
        #: What is known of channels' lists, and lists that are open (`wisp.engine.wheel_listings`).
        self.with_wheels: dict[Path, bool] = {}
        self.lists: dict[tuple[str, str], SparseRepoData] = {}
        self._apart: dict[Path, ChannelAccess] = {}
        self._whole = self

    def of(self, channels: Iterable[str]) -> ChannelAccess:
        """The same for what some channels list, which is kept apart from what others list.

        rattler finds the parts of a list (shards) by the digests that channels tell, and compares
        them with none: in one folder a channel could put its own in place of another's.
        """
        whole = self._whole
        folder = whole.settings.caches.repodata_of(channels)
        if folder == whole.settings.caches.repodata:
            return whole
        with whole._guard:
            if folder not in whole._apart:
                caches = replace(whole.settings.caches, repodata=folder)
                apart = ChannelAccess(replace(whole.settings, caches=caches), whole._environ)
                apart.client, apart.solves, apart._whole = whole.client, whole.solves, whole
                whole._apart[folder] = apart
            return whole._apart[folder]

    def at_hand(self) -> ChannelAccess:
        """The same without the network: what was fetched before."""
        network = replace(self.settings.network, offline=True)
        return ChannelAccess(replace(self.settings, network=network), self._environ)

    @cached_property
    def client(self) -> Client:
        """The HTTP client with mirrors, credentials, proxies and certificates as configured."""
        return make_client(self.settings.network, self._environ)

    @cached_property
    def config(self) -> Config:
        """The configuration in rattler's own shape, for what it can be told in no other way."""
        return make_configuration(self.settings)

    @cached_property
    def config_of_copies(self) -> Config:
        """The same where no file of a prefix may be one of the cache."""
        linking = replace(self.settings.linking, hard=False)
        return make_configuration(replace(self.settings, linking=linking))

    @cached_property
    def repodata(self) -> Path:
        """The folder of what channels list: another where files of others have to stay in it."""
        caches = self.settings.caches
        if drop_foreign(caches.repodata, caches.owners):
            return caches.repodata
        from wisp.engine.makeshift import stand_in

        return stand_in(caches.repodata)

    @property
    def native_gateway(self) -> PyGateway:
        """The reader of repodata, one for all threads: it remembers what it has read."""
        with self._guard:
            return self._native_gateway

    @cached_property
    def _native_gateway(self) -> PyGateway:
        from wisp.engine.native_gateway import gateway_of  # which an installation does without

        return gateway_of(self.settings.network, self.repodata, self.client)

    @cached_property
    def gateway(self) -> Gateway:
        """The same in rattler's own class, which takes long to load."""
        from wisp.engine.native_gateway import around

        return around(self.native_gateway)

    def lookout(self, asked: Sequence[str]) -> Lookout:
        """Make what looks on while channels are asked."""
        patience = self.settings.network.patience
        memory = bearable(patience.memory)
        return Lookout((self.repodata,), asked, patience, memory=memory)

    @cached_property
    def package_cache(self) -> PackageCache:
        """The cache of downloaded and unpacked conda packages."""
        from rattler.package_cache.package_cache import PackageCache

        return PackageCache(self.settings.caches.conda_packages)
