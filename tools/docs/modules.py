"""The tables of modules, made from what each module says of itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/modules.md"
SOURCES = ROOT / "src/wisp"

_HEAD = """\
# Modules

This page is written by `python -m tools.docs` from the first sentence of every module, and a test
holds the two equal. How the parts hang together stands in [Architecture](../architecture.md).
"""


def render() -> str:
    """Return the whole page: a table for the modules at the root, then one for each package."""
    tables = [_HEAD, _table("wisp", SOURCES)]
    folders = sorted(path.parent for path in SOURCES.rglob("__init__.py"))
    tables += [_table(".".join(_parts(folder)), folder) for folder in folders[1:]]
    return "\n".join(table for table in tables if table)


def _table(name: str, folder: Path) -> str:
    rows = list(_rows(folder))
    return "\n".join([f"## {name}", "", "| module | |", "|---|---|", *rows, ""]) if rows else ""


def _rows(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.py")):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if said is None and path.name == "__init__.py":
            continue
        first = " ".join((said or "").partition("\n\n")[0].split()).replace("|", "&#124;")
        yield f"| `{path.stem}` | {first} |"


def _parts(folder: Path) -> tuple[str, ...]:
    return folder.relative_to(SOURCES.parent).parts[1:]
