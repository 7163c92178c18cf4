from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wisp.errors import LockFileError
from wisp.lock.emit import dump, scalar
from wisp.lock.yaml import parse

TEXT = """\
# a comment
version: 7   # another
empty: {}
none:
list:
- a
-   b: 1
    c: 'it''s'
- - x
  - "tab\\t\\u00e9"
deep:
    key:
      - 'quoted: yes'
flow: [1, two, {three: 3}]
folded: one
  two
literal: |-
  first # no comment

  second
hash: 0000000000000000000000000000000000000000
long: 1111111111111111111111111111111111111111
negative: -5
truth: true
'odd key': ~
"""


def test_everything_a_lock_may_hold_is_understood() -> None:
    assert parse(TEXT, "x") == {
        "version": 7,
        "empty": {},
        "none": None,
        "list": ["a", {"b": 1, "c": "it's"}, ["x", "tab\té"]],
        "deep": {"key": ["quoted: yes"]},
        "flow": [1, "two", {"three": 3}],
        "folded": "one two",
        "literal": "first # no comment\n\nsecond",
        "hash": "0" * 40,
        "long": "1" * 40,
        "negative": -5,
        "truth": True,
        "odd key": None,
    }


@pytest.mark.parametrize(
    "text",
    [
        "- a: x\n- b: y\n- c: null\n- d: true\n",
        "- a: x\n- b: y\n  c: z\n- d: e\n",
        "- a: x\n  b:\n  - p\n  - q\n  c: {}\n  d: 12\n- e: []\n",
        "- a:\n  - null\n  - true\n  - 'it''s'\n  - x # comment\n",
        "- a:\n  b:\n    c:\n    - d\n    e: f\n  g: h\n",
        "- a: one\n    two\n  b: 'three\n    four'\n- c: 5\n",
        "- a: x # comment\n  'odd key': y\n  b: # nothing\n  c: http://z#part\n",
        "- a:\n  - b: c\n    d: e\n  - f: g\n",
        "k:\n  - a: x\n    b: y\n  - a: z\n",
        "- a: x\n\n# comment\n  b: y\n- c: d\n",
        "a:\n  - \n  - b\nc: d\n",
        "a:\n  b: c\n  d:\n    ",
    ],
)
def test_lists_of_mappings_are_read_as_others_read_them(text: str) -> None:
    assert parse(text, "x") == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("text", "line", "column", "detail"),
    [
        ("a: 1\nb\n", 2, 1, "expected `key: value`"),
        ("a: 1\n   b: 2\n", 2, 1, "indented too deeply"),
        ("a: 'open\nb: 1\n", 1, 4, "not closed"),
        ("a: 1\na: 2\n", 2, 1, "duplicate key `a`"),
        ("a:\n- &anchor x\n", 2, 3, "may not start with `&`"),
        ("a: [1, 2\n", 1, 9, "expected `,` or `]`"),
        ("a: 1\n- b\n", 2, 1, "expected a key"),
        ("<<<<<<< HEAD\na: 1\n", 1, 1, "expected `key: value`"),
        ("- a: 1\n  b: 2\n  a: 3\n", 3, 3, "duplicate key `a`"),
        ("- a: 1\n  b:\n  - c\n    - d: e\n", 4, 3, "indented too deeply"),
        ("- a: x\n  - b\n", 2, 1, "expected a key"),
        ("- a: x: y\n", 1, 3, "may not hold"),
        ('a: "\\ud800"\n', 1, 4, "is no character"),
        ('a: "x\\UFFFFFFFF"\n', 1, 5, "is no character"),
    ],
)
def test_damage_is_told_with_its_place(text: str, line: int, column: int, detail: str) -> None:
    with pytest.raises(LockFileError) as caught:
        parse(text, "pixi.lock")
    place = caught.value.place
    assert place is not None
    assert (place.file, place.line, place.column) == ("pixi.lock", line, column)
    assert detail in str(caught.value.causes[0])


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("plain text", "plain text"),
        ("", "''"),
        ("~", "'~'"),
        ("null", "'null'"),
        ("True", "'True'"),
        ("yes", "yes"),
        ("2.28", "'2.28'"),
        ("1e3", "'1e3'"),
        ("1e10000", "1e10000"),
        ("0x1f", "'0x1f'"),
        ("007", "'007'"),
        ("1_000", "1_000"),
        ("1.2.3", "1.2.3"),
        (".inf", "'.inf'"),
        ("nan", "nan"),
        (">=3.10", "'>=3.10'"),
        ("*", "'*'"),
        ("- a", "'- a'"),
        ("-a", "-a"),
        ("---", "'---'"),
        ("a: b", "'a: b'"),
        ("a:", "'a:'"),
        ("a #b", "'a #b'"),
        ("a#b", "a#b"),
        ("it's", "it's"),
        ("'a", "'''a'"),
        ("a\tb", '"a\\tb"'),
        ("\x07", '"\\a"'),
        ("日本 😀", "日本 😀"),
        ("=a", "=a"),
        ("2024-01-01", "2024-01-01"),
    ],
)
def test_scalars_are_quoted_only_where_they_must_be(text: str, spelled: str) -> None:
    assert scalar(text) == spelled


keys = st.from_regex(r"[a-z_][a-z0-9_.#/-]{0,8}", fullmatch=True)
scalars = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=12)
plain_data = st.recursive(
    scalars | st.lists(scalars, max_size=4),
    lambda inner: (
        st.dictionaries(keys, inner, max_size=4)
        | st.lists(st.dictionaries(keys, inner, min_size=1, max_size=4), max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(keys, plain_data, min_size=1, max_size=5))
def test_what_is_emitted_is_read_back_by_us_and_by_others(document: dict[str, Any]) -> None:
    text = dump(document)
    assert parse(text, "x") == document
    assert yaml.load(text, Loader=_CoreLoader) == document


class _CoreLoader(yaml.SafeLoader):
    """PyYAML with the types of YAML 1.2's core schema, as far as we use them."""


_CoreLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag in {"tag:yaml.org,2002:null", "tag:yaml.org,2002:int"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_CoreLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", __import__("re").compile("^(?:true|false)$"), list("tf")
)


def test_all_that_libyaml_escapes_is_escaped() -> None:
    ranges = (range(0x20), range(0x7F, 0xA0), range(0xD800, 0xE000), (0xFEFF, 0xFFFE, 0xFFFF))
    for code in (one for codes in ranges for one in codes):
        assert scalar(f"a{chr(code)}")[0] == '"', hex(code)
    assert scalar("a\u00a0\u2028\U0001f600") == "a\u00a0\u2028\U0001f600"
