"""What reporters are told."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import wisp
from wisp.report import PHASES

SOURCES = Path(wisp.__file__).parent


def told() -> Iterator[str]:
    """Yield the phases that the program names where it begins one."""
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            holder = ast.unparse(node.func.value).lower()
            first = node.args[0] if node.args else None
            if node.func.attr in ("start", "during") and holder.endswith("reporter"):
                if isinstance(first, ast.Constant):
                    yield str(first.value)
                elif isinstance(first, ast.Name) and first.id == "DOWNLOADING":
                    yield "downloading"


def test_phases_are_those_that_are_listed() -> None:
    assert set(told()) == set(PHASES)
