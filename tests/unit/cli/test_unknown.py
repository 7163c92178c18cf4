"""Words that are no command are answered with what helps, or with nothing."""

from __future__ import annotations

import pytest

from wisp.cli.table import ENTRIES, meant
from wisp.cli.unknown import _ELSEWHERE, similar, unknown, unknown_command

NAMES = [*ENTRIES, *(alias for entry in ENTRIES.values() for alias in entry.aliases)]


@pytest.mark.parametrize(
    ("typed", "command"),
    [("instal", "install"), ("serch", "search"), ("lst", "list"), ("rnu", "run"), ("dad", "add")],
)
def test_a_mistyped_command_is_answered_with_the_right_one(typed: str, command: str) -> None:
    assert similar(typed, NAMES) == command


@pytest.mark.parametrize("typed", ["nosuch", "vesion", "terraform", "q"])
def test_nothing_near_is_answered_with_nothing(typed: str) -> None:
    assert similar(typed, NAMES) is None


@pytest.mark.parametrize(
    ("typed", "way"),
    [
        ("build", "`pixi exec rattler-build build --recipe FILE` builds a package"),
        ("publish", "`pixi exec rattler-build upload` puts it into a channel"),
        ("upload", "`upload` comes with package building"),
        ("envs", "`pixi workspace environment list`"),
        ("pip", "`pixi add --pypi NAME`"),
        ("demo.py", "`pixi run demo.py`"),
        ("--offline", "options stand behind the command"),
    ],
)
def test_words_of_pixi_and_other_tools_lead_to_the_same_end(typed: str, way: str) -> None:
    assert way in unknown_command(typed, NAMES, "Usage: wisp").hints[0]


def test_of_few_subcommands_all_are_named_where_none_is_near() -> None:
    few = ("get", "set", "major")
    assert unknown("bump", few, "").hints[0] == "tip: the subcommands are get, set, major"
    assert unknown("zed", ("vscode",), "").hints[0] == "tip: the only subcommand is 'vscode'"
    assert unknown("majr", few, "").hints[0] == "tip: a similar subcommand exists: 'major'"
    assert not any("tip" in hint for hint in unknown("bump", [*few, *NAMES], "").hints)


def test_what_is_a_command_is_not_told_to_be_elsewhere() -> None:
    assert [word for word in _ELSEWHERE if meant(word)] == []
