from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.tiny import channel, settings, tiny
from wisp.engine.gateway import ChannelAccess
from wisp.engine.search import find_records
from wisp.errors import FetchError, SolveError
from wisp.search import Find, search


@pytest.fixture
def find(tmp_path: Path) -> Find:
    main = channel(
        tmp_path / "main",
        [
            tiny("numpy", "1.9"),
            tiny("numpy", "1.10"),
            tiny("numpy", "1.10", build="1", build_number=1),
            tiny("numpy-base"),
            tiny("old-numpy"),
            tiny("other"),
        ],
    )
    access = ChannelAccess(settings(tmp_path / "cache"))
    subdirs = ("linux-64", "noarch")
    return partial(find_records, channels=[main.as_uri()], subdirs=subdirs, access=access)


def _names(query: str, find: Find) -> list[str]:
    return [package.name for package in search(query, find)]


def test_a_name_that_exists_means_only_itself(find: Find) -> None:
    (package,) = search("numpy", find)
    found = [(row.version, row.build) for row in package.records]
    assert found == [("1.10", "1"), ("1.10", "0"), ("1.9", "0")]
    assert [len(rows) for rows in package.versions().values()] == [2, 1]


def test_a_spec_narrows_the_versions(find: Find) -> None:
    (package,) = search("numpy <1.10", find)
    assert [row.version for row in package.records] == ["1.9"]


def test_globs_match_names(find: Find) -> None:
    assert _names("numpy*", find) == ["numpy", "numpy-base"]


def test_a_name_without_hit_is_taken_as_a_part_of_names(find: Find) -> None:
    assert _names("nump", find) == ["numpy", "numpy-base", "old-numpy"]


def test_nothing_found_is_an_error_with_a_hint(find: Find) -> None:
    with pytest.raises(FetchError, match="No packages found matching 'absent'") as caught:
        search("absent", find)
    assert caught.value.hints


def test_a_query_that_is_no_spec_is_refused(find: Find) -> None:
    with pytest.raises(SolveError, match="not a valid match spec"):
        search("numpy >>1", find)


def test_the_machine_gets_its_own_newest_build(find: Find) -> None:
    (package,) = search("numpy", find)
    assert package.best_for("linux-64").build == "1"
    assert package.best_for("win-64").build == "1"
