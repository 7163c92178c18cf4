"""Laws of editing: the data change as asked, and nothing else does."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterator
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from wisp.errors import ManifestError
from wisp.manifest.edit.document import Document
from wisp.manifest.edit.literals import key, literal
from wisp.manifest.edit.text import TomlText

NAMES = st.sampled_from(["a", "b", "c-d", "e f", "g.h", "é", "x\"y'", ""])
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-9, 99),
    st.text("ab \"'\\\n\t#=[]{},.é\x01", max_size=8),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=5,
)
TABLES = st.dictionaries(NAMES, VALUES, max_size=4)


def spelled(draw: st.DrawFn, value: Any, depth: int = 0) -> str:
    """Write a value in one of the ways a person might."""
    if isinstance(value, list) and value and draw(st.booleans()):
        rows = "".join(f"  {spelled(draw, item, depth + 1)}, # {depth}\n" for item in value)
        return f"[\n  # first\n{rows}]"
    if isinstance(value, dict) and value and draw(st.booleans()):
        pairs = (f"{key(n)}={spelled(draw, item, depth + 1)}" for n, item in value.items())
        return "{" + ",".join(pairs) + "}"
    return literal(value)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Texts of a few tables, some of them nested, some entries dotted, with comments between."""
    lines = ["# top"]
    headers = [(), *draw(st.lists(st.lists(NAMES, min_size=1, max_size=2), max_size=3))]
    for header in headers:
        if header:
            lines += ["", f"# about {len(header)}", f"[{'.'.join(map(key, header))}] # head"]
        for name, value in draw(TABLES).items():
            space = draw(st.sampled_from(["", " ", "   "]))
            path = key(name)
            if draw(st.booleans()):
                path += f".{key(draw(NAMES))}"
            lines.append(f"{path}{space}= {spelled(draw, value)}")
            lines += draw(st.sampled_from([[], ["# note"], [""]]))
    return "\n".join(lines) + draw(st.sampled_from(["\n", "", "\n# end"]))


def valid(text: str) -> dict[str, Any] | None:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        return None


def paths(data: Any, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in data.items():
        yield (*prefix, name)
        if isinstance(value, dict):
            yield from paths(value, (*prefix, name))


def lost_lines(before: str, after: str) -> list[str]:
    rows = difflib.ndiff(before.splitlines(), after.splitlines())
    return [row[2:] for row in rows if row.startswith("- ")]


@settings(max_examples=300, deadline=None)
@given(st.data(), documents())
def test_set_changes_one_value_and_keeps_all_other_lines(data: Any, text: str) -> None:
    before = valid(text)
    if before is None:
        return
    tables = [p for p in paths(before) if isinstance(at(before, p), dict)]
    table = data.draw(st.sampled_from([(), *tables]))
    path = (*table, data.draw(NAMES))
    value = data.draw(SCALARS)
    expected = copy.deepcopy(before)
    at(expected, table)[path[-1]] = value

    known = at(before, path) is not None
    after = TomlText(text).set(path, value).text

    assert tomli.loads(after) == expected
    if not known:
        assert len(lost_lines(text, after)) <= 1  # the line of an inline table that grew


@settings(max_examples=300, deadline=None)
@given(st.data(), documents())
def test_remove_takes_one_value_and_keeps_the_rest(data: Any, text: str) -> None:
    before = valid(text)
    found = list(paths(before)) if before else []
    if not found:
        return
    path = data.draw(st.sampled_from(found))
    after = TomlText(text).remove(path).text
    expected = copy.deepcopy(before)
    del at(expected, path[:-1])[path[-1]]
    assert without_empty(tomli.loads(after)) == without_empty(expected)


@settings(max_examples=200, deadline=None)
@given(st.data(), documents())
def test_arrays_change_by_one_element(data: Any, text: str) -> None:
    before = valid(text)
    found = [p for p in paths(before) if isinstance(at(before, p), list)] if before else []
    if not found:
        return
    path = data.draw(st.sampled_from(found))
    items = at(before, path)
    toml = TomlText(text)
    value = data.draw(SCALARS)
    assert toml.append(path, value).get(path) == [*items, value]
    assert toml.prepend(path, value).get(path) == [value, *items]
    if items:
        index = data.draw(st.integers(0, len(items) - 1))
        assert toml.remove_item(path, index).get(path) == items[:index] + items[index + 1 :]
        replaced = [*items[:index], value, *items[index + 1 :]]
        assert toml.replace_item(path, index, value).get(path) == replaced
        order = data.draw(st.permutations(range(len(items))))
        assert toml.reorder(path, order).get(path) == [items[i] for i in order]


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_literals_mean_what_they_were_made_of(value: Any) -> None:
    assert tomli.loads(f"x = {literal(value)}") == {"x": value}


def at(data: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(data, dict) or name not in data:
            return None
        data = data[name]
    return data


def without_empty(data: Any) -> Any:
    """Tables vanish with what they hold when nothing but their content declares them."""
    if not isinstance(data, dict):
        return data
    inner = {name: without_empty(value) for name, value in data.items()}
    return {name: value for name, value in inner.items() if value != {}}


@pytest.mark.parametrize(
    "text",
    ["a = 1", "a = 1 # end", "[t]\na = 1\n# end", "\ufeffa = 1\r\n[t]\r\n", ""],
)
def test_an_untouched_document_keeps_its_bytes_but_for_the_last_line_break(text: str) -> None:
    assert Document.open(text, "pixi").text.rstrip("\r\n") == text.rstrip("\r\n")


def test_something_that_is_no_array_is_refused() -> None:
    with pytest.raises(ManifestError, match="is not an array"):
        TomlText("a = 1\n").append(("a",), 2)


def test_a_script_keeps_all_around_its_block() -> None:
    text = '#!/usr/bin/env python\n# /// script\n# dependencies = []\n# ///\nprint("x")\n'
    document = Document.open(text, "script").add_item(("dependencies",), "attrs")
    assert document.text == text.replace("[]", '["attrs"]')
