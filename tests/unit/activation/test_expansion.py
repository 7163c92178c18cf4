from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wisp.activation.expansion import expand, quoted

VARIABLES = {"A": "one two", "B": "", "LONG_1": "x$A"}


@pytest.mark.parametrize(
    ("value", "expanded"),
    [
        ("$A/x:$LONG_1", "one two/x:x$A"),
        ("${A}b", "one twob"),
        ("$NOPE.", "."),
        ("\\$A \\\\ \\x", "$A \\ \\x"),
        ("5 $ and $", "5 $ and $"),
        ('say "$B"', 'say ""'),
    ],
)
def test_names_are_filled_in(value: str, expanded: str) -> None:
    assert expand(value, VARIABLES) == expanded


@pytest.mark.parametrize("value", ["$(id)", "`id`", "${A:-x}", "$?", "$1", "${A", "$[1]"])
def test_what_needs_a_shell_is_left_to_it(value: str) -> None:
    assert expand(value, VARIABLES) is None


@settings(deadline=None)  # the machine may have other things to do
@given(st.text(alphabet="aA$\\{}\"' B1_*?~!;&|", max_size=12))
def test_bash_agrees(value: str) -> None:
    mine = expand(value, VARIABLES)
    if mine is None:
        return
    done = subprocess.run(
        ["bash", "-c", f"printf %s {quoted(value)}"],
        env=VARIABLES,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == mine
