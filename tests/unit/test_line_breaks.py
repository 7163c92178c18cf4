from __future__ import annotations

import pytest

from wisp.line_breaks import like


@pytest.mark.parametrize(
    ("original", "text", "written"),
    [
        ("a\nb\n", "a\nc\nb\n", "a\nc\nb\n"),
        ("a\r\nb\r\n", "a\nc\n", "a\r\nc\r\n"),
        ("a\r\nb\nc\r\n", "a\nb\nnew\nc\n", "a\r\nb\nnew\r\nc\r\n"),
        ("a\nb\r\nc\n", "new\na\nb\nc\n", "new\na\nb\r\nc\n"),
        ("a\r\nb\nc\r\nd", "a\nb\nc\nd\ne\n", "a\r\nb\nc\r\nd\r\ne\r\n"),
        ("a\r\nb\nc\r\nd", "a\nb\nd", "a\r\nb\nd"),
        ("a\r\nb\n", "", ""),
        ("a\u2028b\r\nc\n", "a\u2028b\nd\n", "a\u2028b\r\nd\n"),
    ],
)
def test_a_line_that_stays_keeps_its_break(original: str, text: str, written: str) -> None:
    assert like(original, text) == written
