"""rattler's gateway and solver, asked as rattler's own classes around them ask.

To load those classes loads `dataclasses`, `inspect` and half of the library: a tenth of what it
takes to lock one package. What a solve asks is asked here without them. Who has other questions
takes the classes (`around`) with the same gateway in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rattler.channel.channel import Channel
from rattler.networking.client import Client
from rattler.platform.subdir import Subdir
from rattler.rattler import PyGateway, PyMatchSpec, PyRecord, PySourceConfig

from wisp.engine.rattler_warnings import tell_plainly
from wisp.specs.settings import Network, RepodataFormats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rattler.repo_data.gateway import Gateway


def gateway_of(network: Network, cache: Path, client: Client) -> PyGateway:
    """Make a gateway that keeps what it fetches in the folder `cache`."""
    tell_plainly()
    return PyGateway(
        cache_dir=cache,
        default_config=_source_config(network.repodata, offline=network.offline),
        per_channel_config={
            prefix: _source_config(formats, offline=network.offline)
            for prefix, formats in network.repodata_by_prefix.items()
        },
        max_concurrent_requests=network.concurrent_downloads,
        client=client._client,
        show_progress=False,
    )


def _source_config(formats: RepodataFormats, *, offline: bool) -> PySourceConfig:
    return PySourceConfig(
        zstd_enabled=formats.zstd,
        bz2_enabled=formats.bzip2,
        sharded_enabled=formats.sharded,
        cache_action="force-cache-only" if offline else "cache-or-fetch",
    )


def around(gateway: PyGateway) -> Gateway:
    """Return rattler's own class around a gateway."""
    from rattler.repo_data.gateway import Gateway

    made = Gateway.__new__(Gateway)
    made._gateway = gateway
    return made


async def records_of(
    gateway: PyGateway,
    sources: Sequence[Any],
    platforms: Sequence[Subdir],
    specs: Sequence[PyMatchSpec],
    *,
    recursive: bool,
) -> list[PyRecord]:
    """Return what sources have for specs, and perhaps more; `recursive`: what that requires too.

    Raises `GatewayError`.
    """
    rows, *_ = await gateway.query(
        sources=natives(sources),
        platforms=[platform._inner for platform in platforms],
        specs=specs,
        recursive=recursive,
        channel_notices=False,
        channel_relations=None,
        channel_relations_max_depth=None,
        detector_target=None,
        constraints=[],
    )
    return [record for row in rows for record in row]


def platforms_of(subdir: str) -> list[Subdir]:
    """Return the two parts of a channel that packages for a subdir come from."""
    names = (subdir,) if subdir == "noarch" else (subdir, "noarch")
    return [Subdir(name) for name in names]


def natives(sources: Sequence[Any]) -> list[Any]:
    """Return what the native part takes for channels, or for sources that are no channels."""
    if all(isinstance(one, Channel) for one in sources):
        return [one._channel for one in sources]
    from rattler.repo_data.gateway import _convert_sources

    return _convert_sources(sources)
