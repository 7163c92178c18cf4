from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pytest

import wisp
from wisp.patterns import fits_stars, pattern

SOURCES = sorted(Path(wisp.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("text", [r"(\d+)-(\w)", "(?i)b", "(?m)^a$", "a|b"])
def test_a_late_expression_answers_as_a_compiled_one(text: str) -> None:
    late, known, subject = pattern(text), re.compile(text), "1-a\na\nB 22-b"
    assert late.sub("_", subject) == known.sub("_", subject)
    assert late.findall(subject) == known.findall(subject)
    assert late.split(subject) == known.split(subject)
    assert [found[0] for found in late.finditer(subject)] == [
        found[0] for found in known.finditer(subject)
    ]
    for name in ("match", "fullmatch", "search"):
        ours, theirs = getattr(late, name)(subject), getattr(known, name)(subject)
        assert (ours and ours.span()) == (theirs and theirs.span())


def test_a_wrong_expression_fails_at_the_first_question_and_at_each_later_one() -> None:
    wrong = pattern("(")
    for _ in range(2):
        with pytest.raises(re.error):
            wrong.match("")


def test_what_no_expression_has_is_missing() -> None:
    with pytest.raises(AttributeError):
        getattr(pattern("a"), "nothing")  # noqa: B009 - statically it has none


def test_all_expressions_of_modules_can_be_compiled() -> None:
    texts = [
        (file, value.pattern)
        for file in SOURCES
        if "pattern(" in file.read_text()
        for value in _values(file)
        if type(value) is type(pattern(""))
    ]
    assert len(texts) > 100
    for file, text in texts:
        assert re.compile(text), file


def _values(file: Path) -> list[object]:
    import importlib

    name = ".".join(file.relative_to(SOURCES[0].parents[1]).with_suffix("").parts)
    if "windows" in name:
        return []
    module = importlib.import_module(name.removesuffix(".__init__"))
    tables = [value for value in vars(module).values() if isinstance(value, dict)]
    return [*vars(module).values(), *(value for table in tables for value in table.values())]


def test_no_module_compiles_a_text_while_it_is_loaded() -> None:
    compiling = [
        f"{file.name}:{call.lineno}"
        for file in SOURCES
        for statement in ast.parse(file.read_text()).body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "re.compile"
        and not ast.unparse(call.args[0]).startswith(("b'", 'b"'))
    ]
    assert compiling == []


@pytest.mark.parametrize(
    "starred", ["", "a", "*", "a*", "*a", "a*a", "*a*b*", "**", "a*ab*b", "*.*"]
)
def test_stars_stand_for_anything(starred: str) -> None:
    known = re.compile(".*".join(map(re.escape, starred.split("*"))))
    for length in range(6):
        for text in map("".join, itertools.product("ab.", repeat=length)):
            assert fits_stars(starred, text) == (known.fullmatch(text) is not None), text
