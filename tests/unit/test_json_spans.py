"""Edits of JSON change what they are about, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wisp.json_spans import JsonError, parse, replaced, with_item, with_member, without_item

SETTINGS = """\
// mine
{
  "a": [1, 2], // one
  /* two */ "b": {"c": "x // no comment"},
  "d": true, // last
}
"""


def test_comments_and_late_commas_are_read() -> None:
    assert parse(SETTINGS).data() == {"a": [1, 2], "b": {"c": "x // no comment"}, "d": True}


def test_a_member_is_replaced_in_place() -> None:
    assert with_member(SETTINGS, parse(SETTINGS), "d", None) == SETTINGS.replace("true", "null")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SETTINGS, SETTINGS.replace("// last\n", '// last\n  "new": 1\n')),
        ('{\n\t"a": 1 // why\n}\n', '{\n\t"a": 1, // why\n\t"new": 1\n}\n'),
        ('{"a": 1}', '{"a": 1, "new": 1}'),
        ("{}\n", '{\n    "new": 1\n}\n'),
        ("{\n  // nothing yet\n}\n", '{\n  // nothing yet\n  "new": 1\n}\n'),
        ("", '{\n    "new": 1\n}\n'),
        ('{\r\n  "a": 1\r\n}\r\n', '{\r\n  "a": 1,\r\n  "new": 1\r\n}\r\n'),
    ],
)
def test_a_new_member_stands_behind_the_last(before: str, after: str) -> None:
    assert with_member(before, parse(before), "new", 1) == after


def test_what_is_written_is_indented_like_its_surroundings() -> None:
    text = '{\n  "tasks": [\n    {\n      "a": 1\n    }\n  ]\n}\n'
    members = parse(text).members
    assert members is not None
    found = with_item(text, members["tasks"], {"b": [2]})
    assert found == (
        '{\n  "tasks": [\n    {\n      "a": 1\n    },\n    {\n      "b": [\n        2\n      ]\n'
        "    }\n  ]\n}\n"
    )


@pytest.mark.parametrize(
    ("before", "index", "after"),
    [
        ("[1, 2, 3]", 0, "[2, 3]"),
        ("[1, 2, 3]", 1, "[1, 3]"),
        ("[1, 2, 3]", 2, "[1, 2]"),
        ("[1]", 0, "[]"),
        ("[\n  1,\n  2\n]", 0, "[\n  2\n]"),
        ("[\n  1, // one\n  2\n]", 1, "[\n  1 // one\n]"),
        ("[\n  1, // one\n  2,\n]", 1, "[\n  1, // one\n]"),
        ("[\r\n  1,\r\n  2 // two\r\n]", 1, "[\r\n  1\r\n // two\r\n]"),
        ("[\n  1\n]\n", 0, "[\n]\n"),
    ],
)
def test_an_item_goes_and_comments_stay(before: str, index: int, after: str) -> None:
    found = without_item(before, parse(before), index)
    assert found == after
    values = parse(before).data()
    assert parse(found).data() == values[:index] + values[index + 1 :]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("{\n  a: 1}", 2, 3), ('{"a" 1}', 1, 2), ("[1 2]", 1, 4), ("[1", 1, 3), ("{} x", 1, 4),
     ("/* x", 1, 1), ('{"a": 1]', 1, 8), ("[" * 1000, 1, 202)],
)  # fmt: skip
def test_what_is_no_json_is_told_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(JsonError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(), VALUES, max_size=4), st.text(), VALUES, st.sampled_from([None, 2])
)
def test_an_edit_is_what_it_says_in_any_layout(
    data: dict[str, Any], key: str, value: Any, indent: int | None
) -> None:
    text = json.dumps(data, indent=indent)
    node = parse(text)
    assert node.data() == data
    assert json.loads(with_member(text, node, key, value)) == data | {key: value}
    assert json.loads(replaced(text, node, value)) == value
