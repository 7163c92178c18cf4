"""Commands of hints, as they have to be typed by who reads them."""

from __future__ import annotations

import pytest

from wisp.console.advice import typed_here


@pytest.mark.parametrize(
    ("text", "program", "choice", "shown"),
    [
        ("run `pixi lock` now", "wisp", "", "run `wisp lock` now"),
        ("run `pixi lock` now", "pixi", "-", "run `pixi lock -` now"),
        ("`wisp trust`", "wisp", "--workspace a", "`wisp trust --workspace a`"),
        ("`pixi add six`", "wisp", "--manifest-path b", "`wisp add --manifest-path b six`"),
        ("`pixi lock`", "wisp", r"--workspace 'a\1 b'", r"`wisp lock --workspace 'a\1 b'`"),
        ("`pixi addition`", "wisp", "--workspace a", "`wisp addition`"),
        ("`pixi search six`", "wisp", "--workspace a", "`wisp search --workspace a six`"),
        ("`pixi init NAME`", "wisp", "--workspace a", "`wisp init NAME`"),
        ("`pixi trust --manifest-path X`", "wisp", "-", "`wisp trust --manifest-path X`"),
    ],
)
def test_a_command_has_the_programs_name_and_the_workspace_of_the_call(
    text: str, program: str, choice: str, shown: str
) -> None:
    assert typed_here(text, program, choice) == shown
