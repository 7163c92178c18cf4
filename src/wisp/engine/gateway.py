"""One client, one repodata gateway and one package cache for all that asks channels.

Quirks of py-rattler that end here: a bare `Gateway` sends no credentials; the client made from
a configuration signs requests before it rewrites them to a mirror, so that a private mirror
answers 401 (ours rewrites first); the file of credentials and the proxies of such a client of
ours can only be given through the environment, which therefore changes while it is made.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from functools import cached_property

from rattler import Client, Config, Gateway
from rattler.networking.middleware import (
    AuthenticationMiddleware,
    GCSMiddleware,
    MirrorMiddleware,
    OciMiddleware,
    RetryMiddleware,
    S3Config,
    S3Middleware,
)
from rattler.package_cache import PackageCache
from rattler.repo_data.gateway import SourceConfig

from wisp.specs.settings import EngineSettings, Network, RepodataFormats

_USER_AGENT = "wisp"
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_environment_guard = threading.Lock()


class ChannelAccess:
    """Everything shared by the solves, searches and installs of one set of settings.

    Make one per process and pass it on: the gateway remembers what it has read.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings

    @cached_property
    def client(self) -> Client:
        """The HTTP client with mirrors, credentials, proxies and certificates as configured."""
        return _client(self.settings.network)

    @cached_property
    def config(self) -> Config:
        """The configuration in rattler's own shape, for what it can be told in no other way."""
        return Config.from_toml(_toml(_rattler_keys(self.settings)))

    @cached_property
    def gateway(self) -> Gateway:
        """The reader of repodata."""
        network = self.settings.network
        return Gateway(
            cache_dir=self.settings.caches.repodata,
            default_config=_source_config(network.repodata, offline=network.offline),
            per_channel_config={
                prefix: _source_config(formats, offline=network.offline)
                for prefix, formats in network.repodata_by_prefix.items()
            },
            max_concurrent_requests=network.concurrent_downloads,
            client=self.client,
        )

    @cached_property
    def package_cache(self) -> PackageCache:
        """The cache of downloaded and unpacked conda packages."""
        return PackageCache(self.settings.caches.conda_packages)

    @cached_property
    def solves(self) -> asyncio.Semaphore:
        """How many solves may run at once; more than there are cores only costs memory."""
        return asyncio.Semaphore(self.settings.network.concurrent_solves)


def _source_config(formats: RepodataFormats, *, offline: bool) -> SourceConfig:
    return SourceConfig(
        zstd_enabled=formats.zstd,
        bz2_enabled=formats.bzip2,
        sharded_enabled=formats.sharded,
        cache_action="force-cache-only" if offline else "cache-or-fetch",
    )


def _client(network: Network) -> Client:
    """Make the client. Special certificates are only possible without mirrors before auth."""
    if network.tls_no_verify or network.tls_root_certs:
        return Client.from_config(
            Config.from_toml(_toml(_network_keys(network))), user_agent=_USER_AGENT
        )
    buckets = {
        name: S3Config(
            bucket.endpoint_url,
            bucket.region,
            "path" if bucket.force_path_style else "virtual-host",
        )
        for name, bucket in network.s3.items()
    }
    mirrors = {prefix: list(urls) for prefix, urls in network.mirrors.items()}
    with _environment(_client_variables(network)):
        return Client(
            [
                *([MirrorMiddleware(mirrors)] if mirrors else []),
                OciMiddleware(),
                GCSMiddleware(),
                S3Middleware(buckets),
                AuthenticationMiddleware(),
                RetryMiddleware(),
            ],
            user_agent=_USER_AGENT,
        )


def _client_variables(network: Network) -> dict[str, str]:
    """Say which variables tell a client its credentials and proxies (the user's win)."""
    variables: dict[str, str] = {}
    if network.auth_file is not None:
        variables["RATTLER_AUTH_FILE"] = str(network.auth_file)
    if any(os.environ.get(name) for name in _PROXY_VARIABLES):
        return variables
    if network.http_proxy:
        variables["http_proxy"] = network.http_proxy
    if network.https_proxy:
        variables["https_proxy"] = network.https_proxy
    if variables and network.non_proxy_hosts:
        variables["no_proxy"] = ",".join(network.non_proxy_hosts)
    return variables


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    with _environment_guard:
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


TomlValue = str | bool | int | list[str] | dict[str, "TomlValue"]


def _rattler_keys(settings: EngineSettings) -> dict[str, TomlValue]:
    """Spell the settings that an installation follows in rattler's configuration keys."""
    linking = settings.linking
    keys: dict[str, TomlValue] = {
        "run-post-link-scripts": "insecure" if linking.run_scripts else "false",
    }
    links = {"symbolic": linking.symbolic, "hard": linking.hard, "ref": linking.ref}
    keys |= {
        f"allow-{kind}-links": allowed for kind, allowed in links.items() if allowed is not None
    }
    return keys | _network_keys(settings.network)


def _network_keys(network: Network) -> dict[str, TomlValue]:
    keys: dict[str, TomlValue] = {"tls-no-verify": network.tls_no_verify}
    if network.tls_root_certs:
        keys["tls-root-certs"] = network.tls_root_certs
    if network.auth_file is not None:
        keys["authentication-override-file"] = str(network.auth_file)
    keys["concurrency"] = {"downloads": network.concurrent_downloads}
    keys["mirrors"] = {prefix: list(urls) for prefix, urls in network.mirrors.items()}
    proxies: dict[str, TomlValue] = {"non-proxy-hosts": list(network.non_proxy_hosts)}
    if network.http_proxy:
        proxies["http"] = network.http_proxy
    if network.https_proxy:
        proxies["https"] = network.https_proxy
    if len(proxies) > 1:
        keys["proxy-config"] = proxies
    return keys


def _toml(keys: Mapping[str, TomlValue]) -> str:
    """Write keys as TOML; strings in JSON's quoting are TOML's basic strings."""
    return "".join(f"{_quoted(key)} = {_inline(value)}\n" for key, value in keys.items())


def _inline(value: TomlValue) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _quoted(value)
        case list():
            return "[" + ", ".join(_inline(item) for item in value) + "]"
        case dict():
            pairs = (f"{_quoted(key)} = {_inline(item)}" for key, item in value.items())
            return "{ " + ", ".join(pairs) + " }"


def _quoted(text: str) -> str:
    import json

    return json.dumps(text)
