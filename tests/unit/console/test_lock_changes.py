"""What changed between two locks, as people read it."""

from __future__ import annotations

import dataclasses

from tests.unit.lock.samples import conda, lock_of, wheel
from wisp.console.lock_changes import lock_changes
from wisp.lock.model import LockFile
from wisp.lock.views import difference
from wisp.specs.records import Record

OLD = (conda("python", "3.12.13", "1"), conda("gone", "1.0"), wheel("attrs", "24.0"))
NEW = (conda("python", "3.14.7", "100"), conda("added", "2.0"), wheel("attrs", "25.0"))


def on_two_platforms(first: tuple[Record, ...], second: tuple[Record, ...]) -> LockFile:
    lock = lock_of()
    environment = dataclasses.replace(
        lock.environments["default"], packages={"linux-64": first, "osx-arm64": second}
    )
    return dataclasses.replace(lock, environments={"default": environment})


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
