"""What wisp imports of others is what installing wisp brings."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
#: Distributions whose modules have another name.
MODULES = {
    "cyclonedx-python-lib": "cyclonedx",
    "py-rattler": "rattler",
    "pyyaml": "yaml",
    "spdx-tools": "spdx_tools",
    "zlib-ng": "zlib_ng",
}
#: What is asked only where somebody has installed it, or comes with a dependency on purpose.
BESIDE = {
    "keyring": "a store of the user's that is used if it is there",
    "license_expression": "comes with the libraries for bills",
    "packageurl": "comes with the libraries for bills",
}


def imported(node: ast.AST) -> Iterator[str]:
    """Yield the top-level modules that are imported below a node, except for type checkers."""
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield (node.module or "").partition(".")[0]
    elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
        for child in ast.iter_child_nodes(node):
            yield from imported(child)


def test_every_foreign_module_comes_with_a_declared_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [*project["dependencies"]]
    for extra in ("build", "sbom", "zstd"):
        texts += project["optional-dependencies"][extra]
    names = [Requirement(text).name for text in texts]
    declared = {MODULES.get(name, name.replace("-", "_")) for name in names}
    used = {
        name
        for file in (ROOT / "src/wisp").rglob("*.py")
        for name in imported(ast.parse(file.read_text(encoding="utf-8")))
    }
    foreign = used - set(sys.stdlib_module_names) - {"wisp", "_blake2"}
    assert foreign - declared == set(BESIDE)
