"""What changed between two locks, as people read it."""

from __future__ import annotations

from tests.unit.lock.samples import NEW, OLD, lock_of, on_two_platforms
from wisp.console.lock_changes import lock_changes
from wisp.lock.views import difference


def shown(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_without_a_change_there_is_nothing() -> None:
    assert lock_changes(difference(lock_of(*OLD), lock_of(*OLD))) == ""


def test_changes_are_a_table_sorted_by_name() -> None:
    assert shown(lock_changes(difference(lock_of(*OLD), lock_of(*NEW)))) == [
        "Environment: default",
        "  + (conda) added     2.0 0",
        "  ~ (pypi) attrs      24.0       ->  25.0",
        "  - (conda) gone      1.0 0",
        "  ~ (conda) python    3.12.13 1  ->  3.14.7 100",
    ]


def test_every_line_but_the_last_column_is_padded() -> None:
    first, *_ = lock_changes(difference(lock_of(*OLD), lock_of(*NEW))).splitlines()
    assert len(first) == len("  ~ (conda) python    3.12.13 1  ->  ")


def test_what_all_platforms_share_is_said_once() -> None:
    old = on_two_platforms(OLD, OLD)
    new = on_two_platforms(NEW, (NEW[0], OLD[1], OLD[2]))
    assert shown(lock_changes(difference(old, new))) == [
        "Environment: default",
        "  ~ (conda) python          3.12.13 1  ->  3.14.7 100",
        "Platform: default:linux-64",
        "  + (conda) added           2.0 0",
        "  ~ (pypi) attrs            24.0       ->  25.0",
        "  - (conda) gone            1.0 0",
    ]
