"""The lists of what people met name tests that are there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    pytest.param(row, id=row["case"])
    for file in sorted((ROOT / "tests" / "cases" / "met").glob("*.toml"))
    for row in tomllib.loads(file.read_text("utf-8")).get("met", ())
]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_its_test_or_its_reason(row: dict[str, Any]) -> None:
    assert row["state"] in {"mended", "right", "kept", "elsewhere", "open"}
    if row["state"] in {"kept", "elsewhere", "open"}:
        assert row["reason"]
        return
    file, _, name = row["test"].partition("::")
    assert f"def {name}(" in (ROOT / file).read_text("utf-8")
