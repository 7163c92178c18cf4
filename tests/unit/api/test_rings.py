"""No two modules of `wisp.api` need each other: imports anywhere in them are counted."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import wisp

SOURCES = Path(wisp.__file__).parent
API = "wisp.api"


def modules(package: str) -> dict[str, Path]:
    """Map the names of all modules of a package to their files."""
    folder = SOURCES.joinpath(*package.split(".")[1:])
    found = {}
    for file in folder.rglob("*.py"):
        parts = file.relative_to(SOURCES.parent).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = file
    return found


def imported(name: str, file: Path) -> Iterator[str]:
    """Yield all that a module imports, wherever in it; `from a import b` may mean both."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, node.module or ""]).strip(".") if node.level else node.module
            assert base is not None
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def graph(known: Mapping[str, Path]) -> dict[str, set[str]]:
    """Map modules to those among them that they need."""
    return {
        name: {one for one in imported(name, file) if one in known and one != name}
        for name, file in known.items()
    }


def ring(edges: Mapping[str, set[str]]) -> list[str]:
    """Return a ring, as the modules on the way round; nothing where there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_the_api_has_no_ring() -> None:
    # A package that only has a docstring is what its modules have in common, not one of them.
    known = {n: file for n, file in modules(API).items() if file.name != "__init__.py"}
    assert ring(graph(known)) == []


@pytest.mark.parametrize(
    "text",
    [
        "import pack.b",
        "from pack import b",
        "from pack.b import thing",
        "from . import b",
        "from .b import thing",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pack.b import thing",
        "def f():\n    from pack.b import thing",
    ],
)
def test_a_ring_is_found_however_it_is_written(tmp_path: Path, text: str) -> None:
    one, other = tmp_path / "a.py", tmp_path / "b.py"
    one.write_text(text)
    other.write_text("from pack.a import thing")
    assert sorted(set(ring(graph({"pack.a": one, "pack.b": other})))) == ["pack.a", "pack.b"]
