"""Channels of a workspace: shown, added, removed."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.api.edits.transaction import Sync, edit
from wisp.errors import ManifestError
from wisp.manifest.edit.channels import channel_list, channels_written, find_channel, put_channel
from wisp.manifest.edit.channels import remove_channel as _remove
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.model import Manifest
from wisp.specs.similarity import among
from wisp.specs.url_secrets import shown


def add_channels(
    manifest: Manifest,
    channels: Sequence[str],
    part: ManifestPart,
    *,
    priority: int | None = None,
    prepend: bool = False,
    sync: Sync | None = None,
) -> Manifest:
    """Add channels behind the others or, in the order given, before them."""

    def change(_: Manifest, document: Document) -> Document:
        for channel in reversed(channels) if prepend else channels:
            document = put_channel(document, part, channel, priority=priority, prepend=prepend)
        return document

    return edit(manifest, change, sync)


def remove_channels(
    manifest: Manifest, channels: Sequence[str], part: ManifestPart, *, sync: Sync | None = None
) -> Manifest:
    """Take channels away. Raises `ManifestError` for one that is not there."""

    def change(current: Manifest, document: Document) -> Document:
        if part.environment is None and part.feature not in current.features:
            hints = among("features", part.feature, current.features)
            raise ManifestError(f"Feature {part.feature} does not exist", hints=hints)
        if part.environment is not None and part.environment not in current.environments:
            hints = among("environments", part.environment, current.environments)
            raise ManifestError(f"the environment '{part.environment}' does not exist", hints=hints)
        for channel in channels:
            path = channel_list(document, part)
            if find_channel(document, path, channel) is None:
                known = map(shown, channels_written(document, path))
                hints = among("channels", channel, known)
                raise ManifestError(f"channel {channel} does not exist", hints=hints)
            document = _remove(document, part, channel)
        return document

    return edit(manifest, change, sync)
