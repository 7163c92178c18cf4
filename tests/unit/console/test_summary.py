"""One line says what was done."""

from __future__ import annotations

import pytest

from wisp.console.summary import Summary, duration

Counted = tuple[tuple[str, int, str], ...]


@pytest.mark.parametrize(
    ("counted", "downloaded", "told"),
    [
        ((), 0, ""),
        ((("installed", 0, "conda"),), 512, ""),
        ((("locked", 1, ""),), 0, "Locked 1 package in 4.2 s"),
        (
            (("installed", 10, "conda"), ("installed", 2, "PyPI"), ("removed", 1, "conda")),
            2**20,
            "Installed 12 packages (10 conda, 2 PyPI), removed 1 (1 conda), downloaded 1.00 MiB"
            " in 4.2 s",
        ),
        (
            (("changed", 3, "PyPI"), ("locked", 34, "")),
            0,
            "Locked 34 packages, changed 3 (3 PyPI) in 4.2 s",
        ),
    ],
)
def test_what_was_counted_is_told_in_one_line(counted: Counted, downloaded: int, told: str) -> None:
    summary = Summary()
    for deed, amount, kind in counted:
        summary.count(deed, amount, kind)
    summary.downloaded = downloaded
    assert summary.text(4.2) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.34, "340 ms"), (4.24, "4.2 s"), (59.9, "59.9 s"), (125, "2 min 5 s")]
)
def test_a_time_is_spelled_as_people_read_it(seconds: float, told: str) -> None:
    assert duration(seconds) == told
