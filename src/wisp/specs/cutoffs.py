"""`exclude-newer`: a moment, a day, or a span of time back from now.

A day means its end in UTC, that is the start of the next. A span is a sequence of numbers and
units (`7d`, `1h 30m`) and is counted back each time it is asked for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from wisp.patterns import pattern

_DAY = pattern(r"\d{4}-\d{2}-\d{2}")
_MOMENT = pattern(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})")
_SPAN = pattern(r"(?:\s*\d+\s*[a-zA-Z]+)+\s*|0")
_PART = pattern(r"(\d+)\s*([a-zA-Z]+)")

_YEAR = 31_557_600.0
#: A span that is longer leads as far back as this one: to before there were packages.
_LONGEST = 10_000 * _YEAR
#: Where time begins for packages, and where uv's calendar ends, but for hours.
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 30, tzinfo=UTC)
_SECONDS = {
    **dict.fromkeys(("nanos", "nsec", "ns"), 1e-9),
    **dict.fromkeys(("usec", "us", "micros"), 1e-6),
    **dict.fromkeys(("millis", "msec", "ms"), 1e-3),
    **dict.fromkeys(("seconds", "second", "secs", "sec", "s"), 1.0),
    **dict.fromkeys(("minutes", "minute", "mins", "min", "m"), 60.0),
    **dict.fromkeys(("hours", "hour", "hrs", "hr", "h"), 3600.0),
    **dict.fromkeys(("days", "day", "d"), 86_400.0),
    **dict.fromkeys(("weeks", "week", "wks", "wk", "w"), 604_800.0),
    **dict.fromkeys(("months", "month", "M"), _YEAR / 12),
    **dict.fromkeys(("years", "year", "yrs", "yr", "y"), _YEAR),
}


def parse_cutoff(text: str) -> datetime | timedelta:
    """Read a cut-off: an aware moment, or a span. Raises `ValueError` if it is neither."""
    if _DAY.fullmatch(text):
        return _end_of(date.fromisoformat(text))
    if _MOMENT.fullmatch(text):
        return _in_utc(datetime.fromisoformat(text.upper()))
    if _SPAN.fullmatch(text):
        seconds = sum(_seconds(*part) for part in _PART.findall(text))
        return timedelta(seconds=min(seconds, _LONGEST))
    raise ValueError(f"'{text}' is neither a date, a time nor a duration")


def _end_of(day: date) -> datetime:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return _LAST if start >= _LAST else start + timedelta(days=1)


def _in_utc(moment: datetime) -> datetime:
    try:
        return min(moment.astimezone(UTC), _LAST)
    except OverflowError:  # of the first day or the last, which no zone moves
        return min(moment.replace(tzinfo=UTC), _LAST)


def _seconds(count: str, unit: str) -> float:
    if unit not in _SECONDS:
        raise ValueError(f"'{unit}' is not a unit of time")
    return float(count) * _SECONDS[unit]


def moment(text: str, now: datetime) -> datetime:
    """Return the moment that a cut-off means now. Raises `ValueError` as `parse_cutoff` does."""
    cutoff = parse_cutoff(text)
    if not isinstance(cutoff, timedelta):
        return cutoff
    try:
        return now - cutoff
    except OverflowError:
        return _FIRST


def utc_text(moment: datetime) -> str:
    """Write an aware moment as RFC 3339 in UTC, with `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
