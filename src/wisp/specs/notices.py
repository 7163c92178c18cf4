"""What channels have to tell their users, and which of it is due.

Source: CEP 6 (`notices.json` at the root of a channel).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from wisp.values import dataclass

#: So long is a notice remembered that has no end of its own, in seconds.
_REMEMBERED = 365 * 24 * 3600.0
_LONGEST, _LINES, _COLUMNS = 2000, 40, 88
#: More of one channel is no notice any more.
_MOST = 20

#: When each notice was shown last, and until when that is remembered; seconds since the epoch.
Seen = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice of a channel (its URL); times are in seconds since the epoch, or seconds."""

    channel: str
    id: str
    message: str
    interval: float | None = None
    expires: float | None = None

    @property
    def key(self) -> str:
        """What it is remembered by."""
        return f"{self.channel} {self.id}"


def notices_of(data: object, channel: str) -> tuple[Notice, ...]:
    """Read the notices of a channel; what is none is left out."""
    rows = data.get("notices") if isinstance(data, dict) else None
    found = [_notice(row, channel) for row in (rows if isinstance(rows, list) else [])[:_MOST]]
    return tuple(one for one in found if one is not None)


def _notice(row: object, channel: str) -> Notice | None:
    if not isinstance(row, dict):
        return None
    name, message, interval = row.get("id"), row.get("message"), row.get("interval")
    if not (isinstance(name, str) and isinstance(message, str) and message.strip()):
        return None
    ends = row.get("expires_at", row.get("expired_at"))
    return Notice(
        channel=channel,
        id=name[:_LONGEST],
        message=message,
        interval=_seconds(interval),
        expires=_moment(ends) if isinstance(ends, str) else None,
    )


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 < value < _REMEMBERED else None


def _moment(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def due(notices: Iterable[Notice], seen: Seen, now: float) -> tuple[Notice, ...]:
    """Return the notices to show: not over, and not yet shown, or again after their interval."""
    return tuple(
        one
        for one in {notice.key: notice for notice in notices}.values()
        if (one.expires is None or one.expires > now) and not _is_known(one, seen, now)
    )


def _is_known(notice: Notice, seen: Seen, now: float) -> bool:
    shown, until = seen.get(notice.key, (0.0, 0.0))
    if until <= now:
        return False
    return notice.interval is None or shown + notice.interval > now


def remembered(shown: Iterable[Notice], seen: Seen, now: float) -> dict[str, tuple[float, float]]:
    """Return what is known after some were shown; what need not be known any more is dropped."""
    known = {key: times for key, times in seen.items() if times[1] > now}
    for one in shown:
        known[one.key] = (now, one.expires if one.expires is not None else now + _REMEMBERED)
    return known


def worded(notice: Notice) -> str:
    """Spell a notice in lines of a bounded length and number."""
    import textwrap

    text = notice.message.strip()
    lines = [
        line
        for paragraph in text[:_LONGEST].splitlines()
        for line in textwrap.wrap(paragraph, _COLUMNS - 2) or [""]
    ]
    whole = len(text) <= _LONGEST and len(lines) <= _LINES
    shown = lines[:_LINES] if whole else [*lines[: _LINES - 1], "…"]
    return "\n  ".join([f"Notice of channel {notice.channel}:", *shown])
