"""Logging in: as each registry wants it, and never where a stranger wants it."""

from __future__ import annotations

import json

import pytest

from tests.registry import PASSWORD, USER, Registry
from tests.web import Answer, Asked, Web
from wisp.engine.http import HttpClient
from wisp.engine.registry.credentials import RegistryLogin
from wisp.engine.registry.faults import RegistryError
from wisp.engine.registry.realm import site_of, why_foreign
from wisp.engine.registry.session import RegistrySession, pull_scope
from wisp.specs.settings import Network
from wisp.specs.urls import url_origin

PATH = "to/it/manifests/tag"


def session(registry: Registry, login: RegistryLogin | None, *scopes: str) -> RegistrySession:
    client = HttpClient(Network(), {})
    return RegistrySession(client, registry.address, login=login, scopes=scopes)


def test_a_request_is_sent_once_more_after_a_challenge_and_then_with_what_was_learnt() -> None:
    with Registry(login="bearer") as registry:
        opened = session(registry, RegistryLogin(USER, PASSWORD), pull_scope("to/it"))
        assert opened.request("GET", PATH).status == 404
        assert opened.request("GET", PATH).status == 404
        assert [bool(asked.authorization) for asked in registry.asked()] == [False, True, True]
        (asked,) = registry.auth.asked
        assert asked.query == [
            ("from", "here"),
            ("service", 'reg, "here"'),
            ("scope", "repository:to/it:pull"),
        ]


def test_a_wrong_password_is_tried_once() -> None:
    with Registry(login="basic") as registry:
        assert session(registry, RegistryLogin(USER, "wrong")).request("GET", PATH).status == 401
        assert len(registry.asked()) == 2


def test_a_refused_token_says_where_to_log_in() -> None:
    with Registry(login="bearer") as registry, pytest.raises(RegistryError) as failure:
        session(registry, RegistryLogin(USER, "wrong")).request("GET", PATH)
    assert failure.value.status == 401
    assert "auth login" in failure.value.hints[0]
    assert "wrong" not in "".join(map(str, (failure.value, *failure.value.causes)))


def test_reading_may_need_no_login() -> None:
    with Registry(login="bearer", anonymous_pull=True) as registry:
        assert session(registry, None).request("GET", PATH).status == 404
        assert session(registry, None).request("PUT", PATH, body=b"{}").status == 401


@pytest.mark.parametrize("newer", [True, False])
def test_an_identity_token_is_exchanged_or_else_stands_for_the_password(newer: bool) -> None:
    with Registry(login="bearer", identity="id-token" if newer else None) as registry:
        opened = session(registry, RegistryLogin(identity_token="id-token"), pull_scope("to/it"))
        if newer:
            assert opened.request("GET", PATH).status == 404
            assert "refresh_token=id-token" in registry.auth.asked[0].body.decode()
        else:
            with pytest.raises(RegistryError):
                opened.request("GET", PATH)
        assert [asked.method for asked in registry.auth.asked] == ["POST"] + ["GET"] * (not newer)


def test_an_identity_token_does_not_follow_a_redirect() -> None:
    thief = Web(lambda asked: Answer(404), host="localhost")
    with thief, Registry(login="bearer") as registry:
        registry.auth.answer = lambda asked: Answer(307, {"Location": thief.url})
        with pytest.raises(RegistryError):
            session(registry, RegistryLogin(identity_token="id-token")).request("GET", PATH)
    assert thief.asked == []


def test_no_password_goes_to_a_foreign_realm() -> None:
    thief = Web(lambda asked: Answer(), host="localhost")
    with thief, Registry(login="bearer", realm=f"{thief.url}/token") as registry:
        opened = session(registry, RegistryLogin(USER, PASSWORD))
        with pytest.raises(RegistryError, match="wants us to log in at") as failure:
            opened.request("GET", PATH)
    assert thief.asked == []
    assert "nothing was sent" in failure.value.hints[0]


@pytest.mark.parametrize(
    ("realm", "registry", "foreign"),
    [
        ("https://auth.docker.io/token", "https://registry-1.docker.io", False),
        ("https://ghcr.io/token", "https://ghcr.io", False),
        ("https://gitlab.com/jwt/auth", "https://registry.gitlab.com", False),
        ("https://gitlab.h.co.uk/jwt/auth", "https://registry.h.co.uk", False),
        ("https://h.org:8443/token", "https://h.org", False),
        ("http://127.0.0.1:1/token", "http://127.0.0.1:2", False),
        ("http://h.org/token", "https://h.org", True),
        ("https://evil.org/token", "https://h.org", True),
        ("https://evil.co.uk/token", "https://h.co.uk", True),
        ("https://evil.azurecr.io/token", "https://mine.azurecr.io", True),
        ("https://eu-docker.evil.pkg.dev/token", "https://eu-docker.pkg.dev", True),
        ("https://127.0.0.1/token", "https://h.org", True),
        ("https://169.254.169.254/latest", "https://h.org", True),
        ("https://10.0.0.1/token", "https://h.org", True),
        ("https://10.0.0.1/token", "https://10.0.0.2", True),
        ("https://[fd00::1]/token", "https://h.org", True),
        ("https://localhost/token", "https://h.org", True),
        ("https://h.org.evil.org/token", "https://h.org", True),
    ],
)
def test_where_a_password_may_go(realm: str, registry: str, foreign: bool) -> None:
    assert (why_foreign(url_origin(realm), url_origin(registry)) is not None) is foreign


def test_the_domain_of_one_owner() -> None:
    hosts = ("a.b.h.org", "h.org", "a.h.co.uk", "h.ac", "localhost", "x.me.azurecr.io")
    assert [site_of(host) for host in hosts] == [
        "h.org", "h.org", "h.co.uk", "h.ac", "localhost", "me.azurecr.io",
    ]  # fmt: skip


def test_even_without_a_password_nobody_is_led_inside_our_network() -> None:
    client = HttpClient(Network(), {})
    answer = Answer(401, {"WWW-Authenticate": 'Bearer realm="http://169.254.169.254/latest"'})
    with Web(lambda asked: answer) as proxy:
        client = HttpClient(Network(), {"http_proxy": proxy.url})
        opened = RegistrySession(client, "registry.invalid", plain=True)
        with pytest.raises(RegistryError):
            opened.request("GET", PATH)
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("token", ["\u2603", "a\nb", "\ud800", 5])
def test_a_token_that_no_header_can_hold_is_none(token: object) -> None:
    def answer(asked: Asked) -> Answer:
        challenge = {"WWW-Authenticate": f'Bearer realm="http://{asked.headers["host"]}/token"'}
        is_token = asked.path.startswith("/token")
        body = json.dumps({"token": token}).encode()
        return Answer(body=body) if is_token else Answer(401, challenge)

    with Web(answer) as web:
        opened = RegistrySession(HttpClient(Network(), {}), web.url.removeprefix("http://"))
        with pytest.raises(RegistryError, match="could not log in"):
            opened.request("GET", PATH)


@pytest.mark.parametrize("place", ["ftp://h.org/token", "file:///etc/passwd", "http://[x/y"])
def test_what_is_no_address_of_the_web_is_refused(place: str) -> None:
    challenge = {"WWW-Authenticate": f'Bearer realm="{place}"'}
    with Web(lambda asked: Answer(401, challenge)) as web:
        opened = RegistrySession(HttpClient(Network(), {}), web.url.removeprefix("http://"))
        with pytest.raises(RegistryError, match="no address of the web"):
            opened.request("GET", PATH)
        with pytest.raises(RegistryError, match="no address of the web"):
            opened.resolved(place, f"{web.url}/v2/x/blobs/uploads/")


def test_locations_are_resolved_and_stay_within_tls() -> None:
    opened = RegistrySession(HttpClient(Network(), {}), "h.org")
    base = "https://h.org/v2/a/blobs/uploads/"
    assert opened.resolved("a/manifests/b") == "https://h.org/v2/a/manifests/b"
    assert opened.resolved("/v2/x?y=z", base) == "https://h.org/v2/x?y=z"
    assert opened.resolved("http://h.org/v2/x", base) == "https://h.org/v2/x"
    assert opened.resolved("https://s3.org/x", base) == "https://s3.org/x"
    with pytest.raises(RegistryError):
        opened.resolved("http://other.org/x", base)
    assert RegistrySession(HttpClient(Network(), {}), "docker.io").url.endswith("1.docker.io")
