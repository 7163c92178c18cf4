"""Users and passwords that stand in addresses of channels and mirrors."""

from __future__ import annotations

import pytest

from wisp.engine.auth.channel_logins import by_origin, login_of, logins_in
from wisp.specs.credentials import BasicHTTP
from wisp.specs.urls import Origin

ADDRESSES = ("https://me:a%40b@h/c", "https://me:other@h:443/d", "http://you@h/c")
ME, OTHER, YOU = BasicHTTP("me", "a@b"), BasicHTTP("me", "other"), BasicHTTP("you", "")


def test_a_login_is_for_one_origin_and_the_first_of_two_counts() -> None:
    assert by_origin(logins_in(ADDRESSES)) == {
        Origin("https", "h", 443): ME,
        Origin("http", "h", 80): YOU,
    }


@pytest.mark.parametrize(
    ("url", "login"),
    [
        ("https://h/c/noarch/repodata.json", ME),
        ("https://h:443/d/x", OTHER),
        ("https://h/elsewhere", ME),
        ("http://h/c/x", YOU),
        ("https://h:1/c/x", None),
        ("https://h.evil/c/x", None),
    ],
)
def test_the_closest_address_above_counts(url: str, login: BasicHTTP | None) -> None:
    assert login_of(url, logins_in(ADDRESSES)) == login


@pytest.mark.parametrize(
    "address",
    [
        "http://me:pw@h:99999/c",
        "http://me:pw@[::1/c",
        "file:///home/me@h",
        "s3://me@bucket/c",
        "a@b",
    ],
)
def test_what_is_no_address_of_the_web_has_no_login(address: str) -> None:
    assert logins_in([address]) == {}
