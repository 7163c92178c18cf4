"""Edits of the channel lists of a workspace, a feature or an environment."""

from __future__ import annotations

from pathlib import Path

from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.environments import open_environment
from wisp.manifest.edit.literals import Data
from wisp.specs.conda import channel_url
from wisp.specs.controls import KeyPath
from wisp.specs.urls import normal_url


def channel_list(document: Document, part: ManifestPart) -> KeyPath:
    """Return the path of a part's channels; those of the default feature are the workspace's."""
    if part.environment is None and part.feature == DEFAULT_FEATURE:
        return document.channels
    return document.path(part, "channels")


def put_channel(
    document: Document,
    part: ManifestPart,
    channel: str,
    *,
    priority: int | None = None,
    prepend: bool = False,
) -> Document:
    """Add a channel; one that is there moves where its priority changes or it is to be first.

    Without a priority it keeps the one that it has.
    """
    document = open_environment(document, part)
    path = channel_list(document, part)
    data: Data = channel if priority is None else {"channel": channel, "priority": priority}
    index = find_channel(document, path, channel)
    if index is not None:
        present = document.get(path)
        if priority is None:
            data = present[index]
        if present[index] == data and not (prepend and index):
            return document
        if len(present) == 1:
            return document.replace_item(path, index, data)
        document = document.remove_item(path, index)
    return document.add_item(path, data, first=prepend)


def channels_written(document: Document, path: KeyPath) -> list[str]:
    """Return a list of channels as they are written."""
    items = document.get(path) or ()
    return [str(item.get("channel")) if isinstance(item, dict) else str(item) for item in items]


def remove_channel(document: Document, part: ManifestPart, channel: str) -> Document:
    """Take a channel away; it has to be there."""
    path = channel_list(document, part)
    index = find_channel(document, path, channel)
    if index is None:
        raise KeyError(channel)
    return document.remove_item(path, index)


def find_channel(document: Document, path: KeyPath, channel: str) -> int | None:
    """Return the number of a channel in a list; names and URLs are compared by what they mean."""
    written = channels_written(document, path)
    if channel in written:
        return written.index(channel)
    meant = _meaning(channel)
    return next((n for n, item in enumerate(written) if _meaning(item) == meant), None)


def _meaning(channel: str) -> str:
    """Return the URL of a channel, spelled as all equal ones are; a path stays what it is."""
    if channel.startswith((".", "/", "~", "\\")):
        return channel.rstrip("/")
    url = channel_url(channel, Path())
    try:
        return normal_url(url)
    except ValueError:  # it has no port that is one
        return url
