"""The lists of what people met are whole, and name tests that are there."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MET = ROOT / "tests" / "cases" / "met"
LISTS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(MET.glob("*.toml"))}
KINDS = LISTS.pop("kinds")["kind"]
ROWS = [
    pytest.param(row, id=f"{name}-{row['case']}")
    for name, known in LISTS.items()
    for row in known["met"]
]
FEWEST = 3

_TEST = re.compile(r"(?P<file>[\w/]+\.py)::(?P<name>\w+)(?:\[(?P<case>[\w.-]+)\])?")


@cache
def _text(file: str) -> str:
    return (ROOT / file).read_text("utf-8")


def require_test(named: str) -> None:
    """Fail unless a test of that name, and the folder or file of its case, are there."""
    match = _TEST.fullmatch(named)
    assert match, f"{named} is no name of a test"
    text = _text(match["file"])
    assert f"def {match['name']}(" in text, named
    case = match["case"]
    if case is not None:
        cases = ROOT / "tests" / "cases"
        assert list(cases.rglob(case)) or list(cases.rglob(f"{case}.toml")) or f'"{case}"' in text


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_its_test_or_its_reason(row: dict[str, Any]) -> None:
    assert row["state"] in {"mended", "right", "kept"}
    if row["state"] == "kept":
        assert row["reason"]
    else:
        require_test(row["test"])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_a_row_for_everything_that_was_met(name: str) -> None:
    """The number is that of the reports; they are no part of this repository."""
    known = LISTS[name]
    cases = [row["case"] for row in known["met"]]
    assert len(cases) == known.get("rows", len(cases))
    assert len(set(cases)) == len(cases)


@pytest.mark.parametrize("kind", [pytest.param(one, id=one["name"]) for one in KINDS])
def test_a_kind_has_inputs_that_nobody_had_reported(kind: dict[str, Any]) -> None:
    assert len({one["what"] for one in kind["input"]}) >= FEWEST
    for one in kind["input"]:
        require_test(one["test"])
