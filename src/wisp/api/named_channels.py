"""Channels that an option or a configuration names, spelled as in a manifest."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wisp.specs.conda import Channel, channel_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext


def channels_named(session: SessionContext, names: Iterable[str], cwd: Path) -> tuple[Channel, ...]:
    """Return the channels that names, URLs or paths below `cwd` mean.

    A user and a password in an address are kept for its server. Raises `WispError`.
    """
    found = tuple(Channel(name, channel_url(name, cwd)) for name in names)
    expect(session, (channel.text for channel in found))
    return found


def expect(session: SessionContext, written: Iterable[str]) -> None:
    """Let users and passwords in channels count, as they are written."""
    new = (one for one in written if "@" in one and one not in session.addresses)
    session.addresses = (*session.addresses, *dict.fromkeys(new))
