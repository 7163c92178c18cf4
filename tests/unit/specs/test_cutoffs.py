"""Days end in UTC, spans count back, everything else is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wisp.specs.cutoffs import moment, parse_cutoff

NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-12-31", datetime(2025, 1, 1, tzinfo=UTC)),
        ("2024-12-31T10:00:00Z", datetime(2024, 12, 31, 10, tzinfo=UTC)),
        ("2024-12-31T10:00:00+02:00", datetime(2024, 12, 31, 8, tzinfo=UTC)),
        ("7d", NOW - timedelta(days=7)),
        ("1h 30m", NOW - timedelta(minutes=90)),
        ("2weeks1day", NOW - timedelta(days=15)),
        ("0d", NOW),
        ("999999d", datetime(1970, 1, 1, tzinfo=UTC)),
        (f"{'9' * 400}y", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31", datetime(9999, 12, 30, tzinfo=UTC)),
        ("9999-12-31T23:59:59-14:00", datetime(9999, 12, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_cutoff_is_a_moment(text: str, expected: datetime) -> None:
    assert moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "soon", "7", "d7", "7 parsecs", "2024-13-01", "2024-1-1"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"neither|unit|month"):
        parse_cutoff(text)
