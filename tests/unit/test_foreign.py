"""What others wrote is read, and a merge that was left half done is told as that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wisp.config.reading import parse
from wisp.errors import ConfigError, ManifestError
from wisp.foreign import conflict_marker, json_data, toml_data, whole_number, why_unfit
from wisp.manifest.read import load_text

CONFLICT = "a = 1\n<<<<<<< HEAD\nb = 1\n{base}=======\nb = 2\n>>>>>>> other\n"


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("base", ["", "||||||| 1a2b\nb = 0\n"])
def test_every_reader_of_toml_names_a_merge_conflict(base: str, line_break: str) -> None:
    text = CONFLICT.format(base=base).replace("\n", line_break)
    with pytest.raises(ValueError, match="marks of a merge conflict"):
        toml_data(text)
    with pytest.raises(ConfigError) as caught:
        parse(text, Path("config.toml"))
    assert "marks of a merge conflict" in str(caught.value)
    assert caught.value.place is not None
    assert caught.value.place.line == 2
    with pytest.raises(ManifestError) as faulty:
        load_text(text, Path("pixi.toml"))
    assert ("`|||||||`" in faulty.value.hints[0]) == bool(base)


@pytest.mark.parametrize("text", ["a = '<<<<<<< HEAD'\n", "<<<<<<<<< HEAD\n", "# <<<<<<<\n", ""])
def test_not_all_that_looks_like_a_mark_is_one(text: str) -> None:
    assert conflict_marker(text) is None


@pytest.mark.parametrize("text", ["", "-1", "1.0", "²", "٣", "a", " 1", "9" * 19, "9" * 5000])
def test_a_number_is_one_that_python_reads_and_something_can_count(text: str) -> None:
    assert whole_number(text) is None
    assert whole_number("007") == 7


@pytest.mark.parametrize(
    ("take", "told"),
    [
        (lambda data: data["b"], "`b` is missing"),
        (lambda data: data["a"]["b"], "a value is of another kind than belongs there"),
        (lambda data: data["a"].items(), "a value is of another kind than belongs there"),
        (lambda _: json_data("["), "Expecting value: line 1 column 2 (char 1)"),
    ],
)
def test_why_data_does_not_fit_is_told_without_words_of_code(
    take: Callable[[Any], object], told: str
) -> None:
    with pytest.raises((LookupError, TypeError, AttributeError, ValueError)) as caught:
        take({"a": 1})
    assert why_unfit(caught.value) == told
