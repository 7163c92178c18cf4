"""Texts that are no TOML are shown where they go wrong, with what was probably meant."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from wisp.console.failure import render
from wisp.errors import ManifestError
from wisp.manifest.read import load_text

SLIPS = tomllib.loads(
    (Path(__file__).parents[2] / "cases" / "manifest" / "slips.toml").read_text("utf-8")
)["slip"]
HEAD = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n\n'
#: The lines above the text of a slip.
ABOVE = 7


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip["text"].replace("\n", "/"))
def test_a_slip_is_shown_with_its_mend(slip: dict[str, Any]) -> None:
    text = f"{HEAD}\n[dependencies]\n{slip['text']}\n"
    with pytest.raises(ManifestError) as caught:
        load_text(text, Path("pixi.toml"))
    error = caught.value
    assert error.place is not None
    assert [error.place.line - ABOVE, error.place.column] == slip["at"]
    assert slip["hint"] in " ".join(error.hints)
    lines = text.split("\n")
    line = error.place.line if lines[error.place.line - 1] else error.place.line - 1
    assert f" {line} │ {lines[line - 1]}" in render(error)


@pytest.mark.parametrize(
    ("table", "hint"),
    [
        ("[dependencies]\npython = 3.10\n", 'write "3.10.*", or "==3.10"'),
        ("[dependencies]\npython = 3\n", 'write "3.*"'),
        ("[dependencies]\npython = { version = 3.12 }\n", 'write it in quotes: "3.12"'),
        ("[activation.env]\nDEBUG = 1\n", 'write it in quotes: "1"'),
        ("[activation.env]\nDEBUG = true\n", 'write it in quotes: "true"'),
        ("[pypi-dependencies]\nnumpy = 2.10\n", 'write "2.10.*"'),
        ("[tasks]\nx = { cmd = 5 }\n", 'write it in quotes: "5"'),
    ],
)
def test_a_bare_number_is_offered_in_quotes_as_it_is_written(table: str, hint: str) -> None:
    with pytest.raises(ManifestError) as caught:
        load_text(HEAD + table, Path("pixi.toml"))
    assert hint in " ".join(caught.value.hints)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[workspace]\nchanels = []\nplatforms = []\n", "'channels' where it says 'chanels'"),
        ("[workspace]\nChannels = []\nplatforms = []\n", "'channels' where it says 'Channels'"),
        (HEAD + "[tool]\n[feature.x]\nchanels = []\n", "Did you mean 'channels'?"),
        (HEAD + "[dependancies]\n", "Did you mean 'dependencies'?"),
    ],
)
def test_a_misspelled_key_is_named_with_the_right_one(text: str, hint: str) -> None:
    with pytest.raises(ManifestError) as caught:
        load_text(text, Path("pixi.toml"))
    assert hint in " ".join(caught.value.hints)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[workspace]\nname = "w"\nchanels = []\nplatforms = []\n', 3),
        (HEAD + "[tasks]\na = { depends-on = [{ tsk = 'b' }] }\n", 7),
        ("[workspace]\nplatforms = []\n", 1),
    ],
)
def test_a_missing_key_is_marked_where_it_is_misspelled(text: str, line: int) -> None:
    with pytest.raises(ManifestError) as caught:
        load_text(text, Path("pixi.toml"))
    assert caught.value.place is not None
    assert (caught.value.message[:14], caught.value.place.line) == ("missing field ", line)


def test_of_two_references_one_is_to_be_kept() -> None:
    table = '[pypi-dependencies]\nx = { git = "https://h/x", tag = "1", rev = "a" }\n'
    with pytest.raises(ManifestError) as caught:
        load_text(HEAD + table, Path("pixi.toml"))
    assert caught.value.hints[0].startswith("keep `tag` or `rev`")


@pytest.mark.parametrize("value", ["1" * 5000, "[" * 3000, "{a=" * 3000])
def test_texts_without_measure_are_faults_like_others(value: str) -> None:
    with pytest.raises(ManifestError, match="TOML syntax error"):
        load_text(f"{HEAD}x = {value}\n", Path("pixi.toml"))
