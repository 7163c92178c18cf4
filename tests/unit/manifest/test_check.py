"""What is told of targets that no platform matches."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.manifest.read import load_text

HEAD = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        ("windows", "Did you mean 'win'?"),
        ("linux64", "Did you mean 'linux-64'?"),
        ("gpu", "Declare a platform of that name, or take the target away"),
        ("win-64", "using `pixi workspace platform add win-64`"),
        ("win", "as with `pixi workspace platform add win-32`"),
    ],
)
def test_a_selector_that_matches_nothing_is_told_with_what_would(selector: str, told: str) -> None:
    text = f'{HEAD}[target.{selector}.dependencies]\nnumpy = "*"\n'
    (warning,) = load_text(text, Path("/w/pixi.toml")).warnings
    assert f"'{selector}' does not match any of the platforms" in warning
    assert told in warning
