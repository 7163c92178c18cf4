from __future__ import annotations

from wisp.console.failure import render
from wisp.errors import Place, WispError


def test_a_line_without_measure_is_told_by_its_ends() -> None:
    foreign = "A" + "x" * 1_000_000 + "Z"
    told = render(WispError(f"no task {foreign}", causes=[foreign], hints=["second\n" + foreign]))
    assert len(told) < 20_000
    assert told.count("Z") == told.count("A") == 3
    assert "characters are left out" in told


def test_what_solvers_explain_is_told_whole() -> None:
    explained = "\n".join(f"{number} " + "because " * 50 for number in range(500))
    told = render(WispError("failed", causes=[explained]))
    assert told.count("because") == 25_000


def test_a_mark_says_no_more_than_an_error_does() -> None:
    keys = "', '".join(f"key{number}" for number in range(9_000))
    place = Place("pixi.toml", 1, 1, text="key0 = 1\n", label=f"'{keys}' were not expected here")
    told = render(WispError("Unexpected keys", place=place))
    assert len(told) < 6_000
    assert "'key0'" in told
    assert "were not expected here" in told
