from __future__ import annotations

import pytest

from tests.unit.lock.samples import conda, lock_of
from wisp.errors import LockFileError
from wisp.lock.conflict import conflict, merged_sides, sides_of
from wisp.lock.write import write

HUNK = """\
a
<<<<<<< HEAD
ours
=======
theirs
>>>>>>> branch
z
"""
BASED = HUNK.replace("=======\n", "||||||| 0123456\nbase\n=======\n")


@pytest.mark.parametrize("text", [HUNK, BASED, HUNK + HUNK])
def test_a_conflict_has_two_sides(text: str) -> None:
    sides = sides_of(text)
    assert sides is not None
    times = 2 if text == HUNK + HUNK else 1
    assert sides == ("a\nours\nz\n" * times, "a\ntheirs\nz\n" * times)


@pytest.mark.parametrize("text", ["", "a\n", "a\n=======\nb\n", "x <<<<<<< y\n"])
def test_without_markers_there_are_no_sides(text: str) -> None:
    assert sides_of(text) is None


def test_a_merge_keeps_what_the_first_has_and_adds_what_only_the_other_has() -> None:
    ours = lock_of(conda("lib", "1.0"), conda("mine"))
    theirs = lock_of(conda("lib", "2.0"), conda("their"))
    merged = merged_sides((write(ours), write(theirs)), "pixi.lock")
    names = {(one.name, one.version) for one in merged.records()}
    assert names == {("lib", "1.0"), ("mine", "1.0"), ("their", "1.0")}
    assert merged.conflicted


def test_a_side_that_does_not_read_gives_nothing() -> None:
    ours = lock_of(conda("lib"))
    merged = merged_sides((write(ours), "version: 7\npackages: 1\n"), "pixi.lock")
    assert [one.name for one in merged.records()] == ["lib"]
    nothing = merged_sides(("version: x", "["), "pixi.lock")
    assert nothing.conflicted
    assert not nothing.environments


def test_the_failure_shows_the_first_marker() -> None:
    error = conflict(HUNK, "pixi.lock")
    assert isinstance(error, LockFileError)
    assert error.place is not None
    assert (error.place.line, error.place.column) == (2, 1)
    assert any("pixi lock" in hint for hint in error.hints)
