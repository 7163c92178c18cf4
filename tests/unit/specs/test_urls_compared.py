from __future__ import annotations

import pytest

from wisp.specs.urls import normal_url, without_credentials


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://h/c/", "https://h/c"),
        ("HTTPS://H/c", "https://h/c"),
        ("https://h:443/c", "https://h/c"),
        ("http://h:80/c/", "http://h/c"),
        ("file:///a%2Bb%20%281%29/x", "file:///a+b%20(1)/x"),
        ("https://h/1%212.0", "https://h/1!2.0"),
        ("https://h/%7Euser", "https://h/~user"),
        ("https://h/./c", "https://h/c"),
        ("https://h/a/../c/", "https://h/c"),
        ("https://h/../c", "https://h/c"),
        ("file://localhost/c/", "file:///c"),
    ],
)
def test_spellings_of_one_url_are_made_the_same(one: str, other: str) -> None:
    assert normal_url(one) == normal_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://h/c", "https://h/C"),
        ("http://h/c", "https://h/c"),
        ("https://h:8443/c", "https://h/c"),
        ("https://h//c", "https://h/c"),
        ("https://h/.c", "https://h/c"),
        ("https://h/c?x=1", "https://h/c?x=2"),
        ("https://a@h/c", "https://b@h/c"),
        ("https://h/a%2525", "https://h/a%25"),
    ],
)
def test_other_urls_stay_apart(one: str, other: str) -> None:
    assert normal_url(one) != normal_url(other)


def test_locks_hold_no_passwords() -> None:
    assert without_credentials("https://u:p@h:8080/c?x=1") == "https://h:8080/c?x=1"
