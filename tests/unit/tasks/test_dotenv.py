from __future__ import annotations

import pytest

from wisp.errors import TaskError
from wisp.tasks.dotenv import masked, parse


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A=1\nB = two words # note\n", {"A": "1", "B": "two words"}),
        ("export A='$x \\n'\n", {"A": "$x \\n"}),
        ('A="a\\n\\"b\\""', {"A": 'a\n"b"'}),
        ('A="one\ntwo"\nB=3', {"A": "one\ntwo", "B": "3"}),
        ("# nothing\n\nA=", {"A": ""}),
        ("A=http://x/#y", {"A": "http://x/#y"}),
    ],
)
def test_dotenv_files(text: str, values: dict[str, str]) -> None:
    assert parse(text) == values


@pytest.mark.parametrize("text", ["A", "A='open", "a-b=1"])
def test_other_lines_are_refused_with_their_place(text: str) -> None:
    with pytest.raises(TaskError) as caught:
        parse("X=1\n" + text)
    assert caught.value.place is not None
    assert caught.value.place.line == 2


def test_a_faulty_line_is_not_shown() -> None:
    with pytest.raises(TaskError) as caught:
        parse("TOKEN very-secret")
    assert caught.value.place is not None
    assert "very-secret" not in caught.value.message + caught.value.place.text


def test_longer_secrets_are_masked_first_and_short_ones_never() -> None:
    assert masked("abcdef abcd 1", ["abcd", "abcdef", "1"]) == "*** *** 1"
