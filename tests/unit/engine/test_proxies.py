from __future__ import annotations

import pytest

from wisp.engine.proxies import choose_proxies, malformed_proxies
from wisp.specs.settings import Network
from wisp.specs.urls import url_origin

CONFIGURED = Network(
    http_proxy="http://conf:1", https_proxy="http://confs:1", non_proxy_hosts=("spared.org",)
)


@pytest.mark.parametrize(
    ("environ", "url", "proxy"),
    [
        ({}, "http://h/", "http://conf:1"),
        ({}, "https://h/", "http://confs:1"),
        ({}, "https://a.spared.org/", None),
        ({"http_proxy": ""}, "http://h/", "http://conf:1"),
        ({"http_proxy": "env:2"}, "http://h/", "http://env:2"),
        ({"http_proxy": "http://env:2"}, "https://h/", None),
        ({"HTTP_PROXY": "http://env:2"}, "http://h/", "http://env:2"),
        ({"HTTP_PROXY": "http://env:2", "http_proxy": "env:3"}, "http://h/", "http://env:2"),
        ({"HTTP_PROXY": "", "http_proxy": "http://env:3"}, "http://h/", "http://env:3"),
        ({"HTTP_PROXY": "http://env:2", "REQUEST_METHOD": "GET"}, "http://h/", "http://conf:1"),
        ({"Http_Proxy": "http://env:2"}, "http://h/", "http://conf:1"),
        ({"HTTPS_PROXY": "http://env:2"}, "https://h/", "http://env:2"),
        ({"ALL_PROXY": "http://env:2"}, "http://h/", "http://env:2"),
        ({"ALL_PROXY": "http://env:2", "NO_PROXY": "h"}, "http://h/", None),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "x, .h.org"}, "http://a.h.org/", None),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "h.org"}, "http://ah.org/", "http://env:2"),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "*"}, "http://h/", None),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "*.h.org"}, "http://a.h.org/", None),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "h:80"}, "http://h/", None),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "h:81"}, "http://h/", "http://env:2"),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "10.0.0.0/8"}, "http://10.1.2.3/", None),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "10.0.0.0/8"}, "http://h/", "http://env:2"),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "::1"}, "http://[::1]:5/", None),
        ({"ALL_PROXY": "http://env:2", "no_proxy": "[::1]:5"}, "http://[::1]:5/", None),
    ],
)
def test_the_proxy_of_a_host(environ: dict[str, str], url: str, proxy: str | None) -> None:
    assert choose_proxies(CONFIGURED, environ).of(url_origin(url)) == proxy


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *((text, True) for text in ("http://h:1", "h:1", "https://u:p@h", "socks5h://h:1", "")),
        *((text, True) for text in ("10.0.0.1:3128", "http://[::1]:3128/")),
        *((text, False) for text in ("http://[bad", "foo bar", "http://", "://h", "h:99999")),
        *((text, False) for text in ("htp://h:1", "http://h:port", "http://u:a b@h:1", "h:0")),
    ],
)
@pytest.mark.parametrize("name", ["http_proxy", "HTTPS_PROXY", "all_proxy"])
def test_a_proxy_that_can_be_none_is_known_by_its_variable(
    name: str, text: str, is_one: bool
) -> None:
    assert malformed_proxies({name: text}) == ({} if is_one else {name: text})
