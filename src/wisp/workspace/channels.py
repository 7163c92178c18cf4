"""Channels of an environment: gathered from features, sorted by priority, resolved to URLs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.model import Environment, Feature, Manifest
from wisp.specs.conda import Channel, channel_url
from wisp.workspace.features import features_of


def channels_of(manifest: Manifest, *environments: Environment) -> tuple[Channel, ...]:
    """Return the channels of an environment, or of all that are solved together.

    A feature that names none contributes those of the workspace. Higher priorities come first,
    equal ones keep their order, and of a channel named twice the first place counts.
    """
    entries: list[ChannelEntry] = []
    for environment in environments:
        for feature in features_of(manifest, environment):
            own = feature.channels
            entries += manifest.workspace.channels if own is None else own
    entries.sort(key=lambda entry: -(entry.priority or 0))
    return _distinct(resolve_channel(entry, manifest.root) for entry in entries)


def _distinct(channels: Iterable[Channel]) -> tuple[Channel, ...]:
    found: dict[str, Channel] = {}
    for channel in channels:
        found.setdefault(channel.url, channel)
    return tuple(found.values())


def addresses_as_written(manifest: Manifest) -> tuple[str, ...]:
    """Return all channels and package indexes as written, perhaps with users and passwords."""
    workspace = manifest.workspace
    written = [entry.channel for entry in workspace.channels]
    written += workspace.pypi_options.addresses
    inline = (one.inline for one in manifest.environments.values())
    for feature in (*manifest.features.values(), *filter(None, inline)):
        written += (entry.channel for entry in feature.channels or ())
        written += feature.pypi_options.addresses
        written += _own_indexes(feature)
    return tuple(written)


def _own_indexes(feature: Feature) -> Iterator[str]:
    for target in (feature.base, *(target for _, target in feature.targets)):
        for requirement in target.pypi_dependencies:
            if requirement.spec.index is not None:
                yield requirement.spec.index


def resolve_channel(entry: ChannelEntry, root: Path) -> Channel:
    """Find the URL of a channel; names live below the common host, paths below the workspace."""
    return Channel(
        entry.channel, channel_url(entry.channel, root), entry.priority, entry.exclude_newer
    )
