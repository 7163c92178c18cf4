"""Users and passwords that stand in addresses of channels and mirrors."""

from __future__ import annotations

import pytest

from wisp.engine.auth.channel_logins import logins_in
from wisp.specs.credentials import BasicHTTP
from wisp.specs.urls import Origin


def test_a_login_is_for_one_origin_and_the_first_of_two_counts() -> None:
    found = logins_in(["https://me:a%40b@h/c", "https://me:other@h:443/d", "http://you@h/c"])
    assert found == {
        Origin("https", "h", 443): BasicHTTP("me", "a@b"),
        Origin("http", "h", 80): BasicHTTP("you", ""),
    }


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
