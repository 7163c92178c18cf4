"""Every attack of the list is held by a test that exists, or says why it stays as it is."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
TREE = HERE.parents[1]
ROWS: list[dict[str, Any]] = tomllib.loads((HERE / "rows.toml").read_text("utf-8"))["row"]
#: How many there were, one after the other, before several hands added some at once.
BEGUN = 129
#: What each kind is about, and how many rows it had when the list was begun.
KINDS = {"K1": 8, "K2": 11, "K3": 1, "K4": 4, "K5": 5, "K6": 1, "K7": 6, "K8": 6, "K9": 2, "K10": 9}


def names(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}-{row['number']}")
def test_an_attack_is_held_by_a_test_or_kept_with_a_reason(row: dict[str, Any]) -> None:
    assert ("test" in row) != ("kept" in row)
    assert row["title"]
    if "test" in row:
        file, _, name = row["test"].partition("::")
        assert name in names(TREE / file), row["test"]


def test_no_row_is_lost() -> None:
    numbers = [row["number"] for row in ROWS]
    assert numbers[:BEGUN] == list(range(1, BEGUN + 1))
    assert numbers == sorted(set(numbers))
    counted = Counter(row["kind"] for row in ROWS)
    assert counted.keys() == KINDS.keys()
    assert all(counted[kind] >= number for kind, number in KINDS.items())
