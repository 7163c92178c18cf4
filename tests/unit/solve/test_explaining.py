"""Explanations of the engines, as they word them, lead to what can be done."""

from __future__ import annotations

import pytest

from wisp.compat import CompatLevel
from wisp.errors import SolveError
from wisp.solve.explaining import (
    absent_names,
    conda_hints,
    pinned_by_conda,
    unregistered_names,
    version_hints,
)


def failure(text: str) -> SolveError:
    return SolveError("failed", causes=[text])


@pytest.mark.parametrize(
    ("leaf", "entry"),
    [
        ("__cuda >=12", '{ subdir = "linux-64", cuda = "12" }'),
        ("__cuda *", '{ subdir = "linux-64", cuda = "12" }'),
        ("__cuda", '{ subdir = "linux-64", cuda = "12" }'),
        ("__glibc >=2.34,<3.0.a0", '{ subdir = "linux-64", glibc = "2.34" }'),
        ("__osx >=11.0", '{ subdir = "linux-64", macos = "11.0" }'),
    ],
)
def test_a_missing_virtual_package_is_written_into_the_manifest(leaf: str, entry: str) -> None:
    text = "\n".join(
        [f"├─ app 1.0 would require\n│  └─ {leaf}, for which no candidates were found."] * 3
    )
    (hint,) = conda_hints(failure(text), "linux-64", CompatLevel("0.85.0"))
    assert f"write `{entry}` in its place" in hint
    (hint,) = conda_hints(failure(text), "linux-64", CompatLevel("0.84.2"))
    assert entry.replace("subdir", "platform") in hint


def test_an_unknown_name_is_searched_for() -> None:
    text = "Cannot solve the request because of: No candidates were found for numppy *."
    assert absent_names(failure(text)) == ("numppy",)


@pytest.mark.parametrize(
    ("asked", "hints"),
    [
        ("3.11 *", ("`3.11` is a version, it stands behind its package: `NAME=3.11`",)),
        ("python ==3.11", ("`==3.11` is this version alone, `3.11.*` any that begins with it",)),
        ("python ==3.11.4", ()),
        ("python 3.11.*", ()),
        ("7zip *", ()),
    ],
)
def test_versions_that_were_meant_otherwise_are_told(asked: str, hints: tuple[str, ...]) -> None:
    text = f"Cannot solve the request because of: No candidates were found for {asked}."
    assert version_hints(failure(text)) == hints


def test_names_that_no_index_has_are_told_once() -> None:
    text = "Because six-ty was not found in the package registry and you require six-ty, …\n"
    assert unregistered_names(failure(text * 2)) == ("six-ty",)


def test_versions_that_conda_has_chosen_are_named_where_the_resolver_calls_others_missing() -> None:
    told = pinned_by_conda(
        failure("Because there is no\nversion of numpy==2.3.0 and you require numpy==2.3.0, …"),
        {"numpy": "2.2.6", "rich": "14.0"},
    )
    assert told.causes == (
        "Because the conda packages have numpy==2.2.6 and not numpy==2.3.0 and you require "
        "numpy==2.3.0, …",
    )
    assert "pinned by the conda solve: numpy==2.2.6;" in told.hints[-1]


def test_a_range_that_conda_has_left_is_named_as_its_version() -> None:
    told = pinned_by_conda(
        failure("Because only numpy<2 is available and opencv depends on numpy>=2, …"),
        {"numpy": "1.26.4"},
    )
    assert str(told.causes[0]).startswith(
        "Because the conda packages have numpy==1.26.4 and opencv"
    )


def test_what_is_part_of_another_word_is_not_named() -> None:
    text = "Because only six<1.16 is available and you require six>=1.16, they are unsatisfiable."
    held = {"six": "1.15.0", "ix": "1.0", "available": "1.0", "numpy": "2.0"}
    assert (
        "pinned by the conda solve: six==1.15.0;" in pinned_by_conda(failure(text), held).hints[-1]
    )


def test_a_failure_that_conda_has_no_part_in_stays_as_it_is() -> None:
    error = failure("Because there is no version of httpx==99 and you require httpx==99, …")
    assert pinned_by_conda(error, {"numpy": "1.26.4"}) is error
