"""One word, one meaning: no two public classes have the same name."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src" / "wisp"
#: Options are known by the module of their command, or as `options.…`.
OPTIONS = (SOURCES / "cli" / "commands", SOURCES / "cli" / "options.py")


def homes() -> dict[str, list[str]]:
    """Map the names of public classes to the modules that define one."""
    found = defaultdict(list)
    for file in sorted(SOURCES.rglob("*.py")):
        if any(file.is_relative_to(one) for one in OPTIONS):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(file.relative_to(SOURCES)))
    return found


def test_a_class_shares_its_name_with_no_other() -> None:
    assert {name: files for name, files in homes().items() if len(files) > 1} == {}
