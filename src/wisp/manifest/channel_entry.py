"""A channel where a manifest lists it."""

from __future__ import annotations

from wisp.values import dataclass


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    """A channel as the manifest lists it: name, URL or path, with its own priority and cut-off."""

    channel: str
    priority: int | None = None
    exclude_newer: str | None = None
