"""Direct dependencies that nothing seems to use: a hint, since code may find things by other ways.

A package counts as used if a module of it is imported somewhere in the workspace's code, or if a
task or a script of activation has the name of one of its programs in it. Of one that has neither
modules nor programs (a library, a compiler's part) nothing can be said.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from wisp.image.code import CodeSelection, code_files
from wisp.patterns import pattern
from wisp.trust import found_text

_MODULE = pattern(r"(?:lib/python[^/]+|Lib)/site-packages/([A-Za-z_]\w*)(?:/.+|\.py|\.[\w.-]+\.so)")
_PROGRAM = pattern(r"(?:bin|Scripts)/([^/]+?)(?:\.exe|\.bat)?")
_WORD = pattern(r"[\w.+-]+")
#: What runs the others.
_ALWAYS = frozenset({"python", "pip", "setuptools", "wheel"})


def imported_modules(root: Path) -> set[str]:
    """Return the first names of all modules that the workspace's code imports."""
    found: set[str] = set()
    for path in code_files(root, CodeSelection()):
        if path.endswith(".py"):
            found.update(_imports(found_text(root / path, errors="replace")))
    return found


def _imports(text: str) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return  # for another Python, or a template
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def unused(
    direct: Mapping[str, Iterable[str]], modules: set[str], commands: Iterable[str]
) -> tuple[str, ...]:
    """Return the names of packages, given with their files, that nothing uses; sorted."""
    words = {PurePosixPath(word).name for text in commands for word in _WORD.findall(text)}
    return tuple(
        sorted(
            name
            for name, files in direct.items()
            if name not in _ALWAYS and _is_unused(tuple(files), modules, words)
        )
    )


def _is_unused(files: Iterable[str], modules: set[str], words: set[str]) -> bool:
    own = {found[1] for path in files if (found := _MODULE.fullmatch(path))}
    programs = {found[1] for path in files if (found := _PROGRAM.fullmatch(path))}
    if not own and not programs:
        return False
    return own.isdisjoint(modules | words) and programs.isdisjoint(words)
