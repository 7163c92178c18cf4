from __future__ import annotations

import pytest

from wisp.specs.urls import Origin, UserInfo, url_origin, with_userinfo, without_userinfo


def test_an_origin_is_scheme_host_and_port() -> None:
    assert url_origin("https://User:pw@Host.org/x") == Origin("https", "host.org", 443)
    assert url_origin("http://h:8080") != url_origin("http://h")
    assert str(url_origin("http://[::1]:8080/x")) == "http://[::1]:8080"
    assert str(url_origin("https://h:443/x")) == "https://h"


@pytest.mark.parametrize("url", ["ftp://h/x", "file:///x", "x", "https:///x", "https://h:x/"])
def test_other_addresses_have_no_origin(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text may be the standard library's
        url_origin(url)


def test_credentials_are_taken_out_and_put_in() -> None:
    url = "https://us%40er:p%2Fw@h:1/x?y#z"
    bare, info = without_userinfo(url)
    assert (bare, info) == ("https://h:1/x?y#z", UserInfo("us@er", "p/w"))
    assert info is not None
    assert with_userinfo(bare, info) == url
    assert without_userinfo("https://token@h/x")[1] == UserInfo("token")
    assert without_userinfo("https://h/@x") == ("https://h/@x", None)
    assert "p/w" not in repr(info)
