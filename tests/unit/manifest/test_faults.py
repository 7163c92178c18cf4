"""Each folder of `tests/cases/manifest/faults` is a manifest with one fault and its wording."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.manifest.read import load

CASES = Path(__file__).parents[2] / "cases" / "manifest" / "faults"


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_fault_is_told_with_its_place(folder: Path) -> None:
    expect = tomllib.loads((folder / "expect.toml").read_text())
    (manifest,) = (path for path in folder.iterdir() if path.name != "expect.toml")
    with pytest.raises(ManifestError) as caught:
        load(manifest)
    error = caught.value
    assert expect["message"] in error.message
    assert error.place is not None
    assert (error.place.line, error.place.column) == (
        expect.get("line", 0),
        expect.get("column", 0),
    )
    assert expect.get("hint", "") in " ".join(error.hints)


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_place_lies_inside_the_quoted_text(folder: Path) -> None:
    (manifest,) = (path for path in folder.iterdir() if path.name != "expect.toml")
    with pytest.raises(ManifestError) as caught:
        load(manifest)
    place = caught.value.place
    assert place is not None
    if place.line:
        row = place.text.split("\n")[place.line - 1]
        assert place.column + place.length - 1 <= max(1, len(row)) + 1
