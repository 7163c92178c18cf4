"""Keys and values are found in every notation TOML has."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wisp.manifest.faults import ValuePath, line_and_column
from wisp.manifest.positions import TomlNode, scan

TEXT = """\
top = "a" # note
[table]
'quoted key' = 'literal'
dotted.inner = 3
inline = { x = [1, { y = "deep" }], z = true }
many = [
  "one", # comment with ] and "
  \"\"\"
two\"\"\",
]
[table.sub]
date = 1979-05-27 07:32:00Z
[[list]]
name = "first"
[[list]]
name = ""
[list.below]
key = 1
"""


def value_at(*path: str | int) -> str:
    node = scan(TEXT).root.find(path)
    assert node is not None
    return TEXT[slice(*node.span)]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("top",), "a"),
        (("table", "quoted key"), "literal"),
        (("table", "dotted", "inner"), "3"),
        (("table", "dotted"), "3"),
        (("table", "inline"), '{ x = [1, { y = "deep" }], z = true }'),
        (("table", "inline", "x", 1, "y"), "deep"),
        (("table", "inline", "z"), "true"),
        (("table", "many", 0), "one"),
        (("table", "many", 1), "two"),
        (("table", "sub", "date"), "1979-05-27 07:32:00Z"),
        (("list", 0, "name"), "first"),
        (("list", 1, "name"), '"'),
        (("list", 1, "below", "key"), "1"),
    ],
)
def test_value_is_marked_inside_its_quotes(path: ValuePath, found: str) -> None:
    assert value_at(*path) == found


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("top",), 1, 1),
        (("table",), 2, 2),
        (("table", "quoted key"), 3, 2),
        (("table", "dotted", "inner"), 4, 8),
        (("table", "inline", "z"), 5, 37),
        (("table", "sub"), 11, 8),
        (("list", 1, "below"), 17, 7),
    ],
)
def test_key_is_marked_where_it_is_first_written(path: ValuePath, line: int, column: int) -> None:
    parent = scan(TEXT).root.find(path[:-1])
    assert parent is not None
    assert line_and_column(TEXT, parent.keys[str(path[-1])][0]) == (line, column)


def test_table_with_a_header_counts_as_the_start_of_the_file() -> None:
    table = scan(TEXT).root.find(("table",))
    assert table is not None
    assert table.span == (0, 0)


@pytest.mark.parametrize(
    ("text", "offset", "marked"),
    [
        ('a = "x\nb = 1', 6, True),
        ('a = "x', 4, True),
        ('a = """x', 4, True),
        ('a = "\\q"', 6, True),
        ('a = "\\u00g0"', 9, True),
        ("a = 1\r\nb = 'x\r\n", 13, True),
        ("[a]\n[a]\n", 4, True),
        ("a = 1\na = 2\n", 6, True),
        ("a = {b = 1, b = 2}\n", 12, True),
        ("a = yes\n", 4, True),
        ("[]\n", 1, False),
        ("a 1\n", 2, False),
        ("a = \n", 4, False),
        ("a = [1 2]\n", 7, False),
        ('a = "x" "y"\n', 8, False),
    ],
)
def test_scan_stops_at_the_fault(text: str, offset: int, marked: bool) -> None:
    stop = scan(text).stop
    assert stop is not None
    assert (stop.offset, stop.marked) == (offset, marked)


def test_newlines_in_inline_tables_are_followed() -> None:
    text = "a = {\n  # comment\n  b = 1,\n  c = [\n  ],\n}\nd = 2\n"
    found = scan(text)
    assert found.stop is None
    assert set(found.root.children) == {"a", "d"}


KEYS = st.text(alphabet="abc-_1", min_size=1, max_size=3)
LEAVES = st.one_of(
    st.booleans(), st.integers(-9, 99), st.text(alphabet='ab "\\\n#é[]{}=,', max_size=6)
)
DATA = st.dictionaries(
    KEYS,
    st.recursive(
        LEAVES,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)
        ),
        max_leaves=8,
    ),
    max_size=4,
)


def spell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(spell, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {spell(item)}" for key, item in value.items()) + " }"
    return str(value)


@settings(max_examples=100, deadline=None)
@given(DATA, st.booleans())
def test_every_value_of_a_document_is_found(data: dict[str, Any], headers: bool) -> None:
    lines = []
    for key, value in data.items():
        if not (headers and isinstance(value, dict)):
            lines.append(f"{key} = {spell(value)}")
    for key, value in data.items():
        if headers and isinstance(value, dict):
            lines += [f"[{key}]", *(f"{inner} = {spell(item)}" for inner, item in value.items())]
    text = "\n".join(lines)
    assert tomllib.loads(text) == data
    found = scan(text)
    assert found.stop is None
    check(found.root, data)


def check(node: TomlNode, value: Any) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    assert len(node.children) == len(value)
    for key, item in items:
        child = node.children[key]
        if isinstance(item, dict | list):
            check(child, item)
