"""Notices of channels: which are due, and what is remembered of them."""

from __future__ import annotations

import pytest

from wisp.specs.notices import Notice, due, notices_of, remembered, worded

HERE = "https://example.org/main"
YEAR = 365 * 24 * 3600


def notice(**more: object) -> Notice:
    fields: dict[str, object] = {"channel": HERE, "id": "one", "message": "moving", **more}
    return Notice(**fields)  # type: ignore[arg-type]


def test_a_notice_is_due_once() -> None:
    first = due([notice(), notice()], {}, 1000)
    assert first == (notice(),)
    seen = remembered(first, {}, 1000)
    assert due([notice()], seen, 1001) == ()
    assert due([notice(channel="https://example.org/other")], seen, 1001)


def test_it_is_due_again_after_its_interval() -> None:
    again = notice(interval=60.0)
    seen = remembered([again], {}, 1000)
    assert due([again], seen, 1059) == ()
    assert due([again], seen, 1060) == (again,)


def test_one_that_is_over_is_never_due_and_forgotten() -> None:
    ending = notice(expires=2000.0)
    seen = remembered([ending], {}, 1000)
    assert due([ending], {}, 2000) == ()
    assert remembered([], seen, 2000) == {}


def test_one_without_an_end_is_remembered_for_a_year() -> None:
    seen = remembered([notice()], {}, 1000)
    assert due([notice()], seen, 1000 + YEAR - 1) == ()
    assert due([notice()], seen, 1000 + YEAR) == (notice(),)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"notices": {}},
        {"notices": [1, {}, {"id": "a"}, {"id": 1, "message": "m"}, {"id": "a", "message": " "}]},
    ],
)
def test_what_is_no_notice_is_left_out(data: object) -> None:
    assert notices_of(data, HERE) == ()


@pytest.mark.parametrize("odd", [True, -1, 0, "5", 10**400, float("nan"), float("inf"), None])
def test_odd_intervals_and_ends_count_for_nothing(odd: object) -> None:
    row = {"id": "one", "message": "moving", "interval": odd, "expires_at": odd}
    (found,) = notices_of({"notices": [row]}, HERE)
    assert found.expires is None
    assert found.interval in (None, 1.0)


def test_times_are_read_with_and_without_zone() -> None:
    rows = [
        {"id": str(number), "message": "m", "expires_at": text}
        for number, text in enumerate(["1970-01-01T00:10:00+00:00", "1970-01-01T00:10:00"])
    ]
    assert [one.expires for one in notices_of({"notices": rows}, HERE)] == [600.0, 600.0]


def test_long_notices_are_cut_to_lines_that_fit() -> None:
    text = worded(notice(message="word " * 600 + "\n" * 100))
    lines = text.splitlines()
    assert lines[0] == f"Notice of channel {HERE}:"
    assert len(lines) <= 41
    assert max(map(len, lines[1:])) <= 88
    assert lines[-1].strip() == "…"
