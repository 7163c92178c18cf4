"""Functions and files that fit a screen: the limits that the style of this code sets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src" / "wisp"
FILES = sorted(SOURCES.rglob("*.py"))
FUNCTION_LINES = 45
FILE_LINES = 400


def long_functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield name and length of functions with too many lines, docstrings counted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield node.name, lines


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCES)))
def test_files_and_functions_are_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LINES
    assert list(long_functions(ast.parse(text))) == []
