"""A CI job signs in: what is asked for without being named, and what goes wrong."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trusting_host import GRANT, IDENTITY, REQUEST_SECRET, TOKEN, TrustingHost
from tests.web import Answer
from wisp import Session, WorkloadRequest
from wisp.api.workload_identity import exchange_plan, workload_credential
from wisp.engine.auth.ci_identity import id_token_variable
from wisp.engine.auth.oauth.provider import SignInError
from wisp.errors import UsageError, WispError
from wisp.specs.credentials import BearerToken

SECRETS = (IDENTITY, REQUEST_SECRET, TOKEN)


def signed_in(host: str, environ: dict[str, str], **wishes: str) -> BearerToken:
    session = Session.open(environ=environ, no_config=True)
    return workload_credential(session, host, WorkloadRequest(**wishes))


@pytest.mark.parametrize(
    ("host", "wishes", "plan"),
    [
        ("prefix.dev", {}, ("prefix.dev", "https://prefix.dev/api/oidc/mint_token")),
        ("*.prefix.dev", {}, ("prefix.dev", "https://prefix.dev/api/oidc/mint_token")),
        ("repo.prefix.dev", {}, ("prefix.dev", "https://repo.prefix.dev/api/oidc/mint_token")),
        ("https://prefix.dev/me", {}, ("prefix.dev", "https://prefix.dev/api/oidc/mint_token")),
        ("prefix.dev", {"exchange": "token-exchange"}, ("prefix.dev", None)),
        ("evil-prefix.dev", {}, ("evil-prefix.dev", None)),
        ("h.org", {}, ("h.org", None)),
        ("h.org:8443", {}, ("h.org", None)),
        ("h.org", {"audience": "them"}, ("them", None)),
        ("h.org", {"exchange": "prefix"}, ("h.org", "https://h.org/api/oidc/mint_token")),
        ("h.org", {"endpoint": "/a/b"}, ("h.org", "https://h.org/a/b")),
        ("h.org", {"endpoint": "a/b"}, ("h.org", "https://h.org/a/b")),
        ("h.org", {"endpoint": "https://id.org/t"}, ("h.org", "https://id.org/t")),
        ("h.org", {"endpoint": "//id.org/t"}, ("h.org", "https://id.org/t")),
        ("me.jfrog.io", {}, ("me.jfrog.io", "https://me.jfrog.io/access/api/v1/oidc/token")),
        ("me.jfrog.io", {"endpoint": "/t"}, ("me.jfrog.io", "https://me.jfrog.io/t")),
    ],
)
def test_hosts_are_asked_as_pixi_asks_them(
    host: str, wishes: dict[str, str], plan: tuple[str, str | None]
) -> None:
    found = exchange_plan(host, WorkloadRequest(**wishes))
    assert (found.audience, found.endpoint) == plan
    assert found.bare is bool(plan[1] and plan[1].endswith("mint_token"))


@pytest.mark.parametrize(
    ("host", "wishes", "said"),
    [
        ("http://h.org", {}, "the host `http://h.org` must be an `https` address"),
        ("h.org", {"endpoint": "http://h.org/t"}, "must be an `https` address"),
        ("h.org", {"endpoint": "ftp://h.org/t"}, "must be an `https` address"),
        ("prefix.dev", {"endpoint": "/t"}, "does not go with the exchange `prefix`"),
        ("h.org", {"audience": "a b"}, "cannot be sent"),
        ("h.org", {"audience": "a\nb"}, "cannot be sent"),
    ],
)
def test_what_could_be_read_on_its_way_is_refused(
    host: str, wishes: dict[str, str], said: str
) -> None:
    with pytest.raises(WispError, match=re.escape(said)):
        exchange_plan(host, WorkloadRequest(**wishes))


def test_github_says_who_the_job_is_and_the_host_gives_a_token() -> None:
    with TrustingHost() as host:
        assert signed_in(host.url, host.github) == BearerToken(TOKEN)
        assert host.audiences == ["127.0.0.1"]
        assert host.forms == [
            {
                "grant_type": GRANT,
                "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
                "subject_token": IDENTITY,
            }
        ]


def test_what_is_named_is_taken() -> None:
    with TrustingHost(document=None) as host:
        wishes = {"audience": "api://x?y&z", "endpoint": "/elsewhere/token", "user_agent": "me/1"}
        assert signed_in(host.url, host.github, **wishes) == BearerToken(TOKEN)
        assert host.audiences == ["api://x?y&z"]
        assert host.web.asked[-1].path == "/elsewhere/token"
        assert host.web.asked[-1].headers["user-agent"] == "me/1"


def test_a_server_like_prefix_dev_takes_the_bare_identity() -> None:
    with TrustingHost() as host:
        assert signed_in(host.url, host.github, exchange="prefix") == BearerToken(TOKEN)
        assert host.bodies == [{"token": IDENTITY}]


def test_gitlab_has_the_identity_in_a_variable_named_by_the_audience() -> None:
    assert id_token_variable("prefix.dev") == "PREFIX_DEV_ID_TOKEN"
    assert id_token_variable("https://h.org:1") == "HTTPS___H_ORG_1_ID_TOKEN"
    with TrustingHost() as host:
        job = {"GITLAB_CI": "true", "ME_ID_TOKEN": IDENTITY}
        assert signed_in(host.url, job, audience="me") == BearerToken(TOKEN)
        with pytest.raises(SignInError) as caught:
            signed_in(host.url, job)
        assert caught.value.causes == ("`127_0_0_1_ID_TOKEN` is not set",)
        assert "id_tokens: {127_0_0_1_ID_TOKEN: {aud: 127.0.0.1}}" in caught.value.hints[0]


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a POSIX script")
@pytest.mark.parametrize(
    ("mark", "program", "words"),
    [
        ("BUILDKITE", "buildkite-agent", "oidc request-token --audience me"),
        ("CIRCLECI", "circleci", 'run oidc get --root-issuer --claims {"aud": "me"}'),
    ],
)
def test_programs_of_providers_are_asked(
    tmp_path: Path, mark: str, program: str, words: str
) -> None:
    job = {mark: "true", "PATH": str(tmp_path)}
    with TrustingHost() as host:
        with pytest.raises(SignInError, match="ID token") as missing:
            signed_in(host.url, job, audience="me")
        assert program in str(missing.value.causes)
        script = tmp_path / program
        script.write_text(f"#!/bin/sh\n[ \"$*\" = '{words}' ] || exit 3\necho {IDENTITY}\n")
        script.chmod(0o700)
        assert signed_in(host.url, job, audience="me") == BearerToken(TOKEN)
        with pytest.raises(SignInError) as refused:
            signed_in(host.url, job, audience="you")
        assert refused.value.causes == (f"`{program}` ended with 3",)


def without_permission(job: dict[str, str]) -> dict[str, str]:
    return {"GITHUB_ACTIONS": job["GITHUB_ACTIONS"]}


def asked_in_the_clear(job: dict[str, str]) -> dict[str, str]:
    return job | {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://h.org/identity"}


def nobody(_: dict[str, str]) -> dict[str, str]:
    return {"CI": "true", "GITHUB_ACTIONS": "false"}


def itself(job: dict[str, str]) -> dict[str, str]:
    return job


def as_body(**content: object) -> bytes:
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    ("host", "job", "said"),
    [
        (TrustingHost(), nobody, "`GITHUB_ACTIONS` nor `GITLAB_CI` nor `BUILDKITE`"),
        (TrustingHost(), without_permission, "`ACTIONS_ID_TOKEN_REQUEST_TOKEN` is not set"),
        (TrustingHost(), without_permission, "permissions: {id-token: write}"),
        (TrustingHost(), asked_in_the_clear, "`ACTIONS_ID_TOKEN_REQUEST_URL`"),
        (TrustingHost(provider=Answer(403, body=b"no")), itself, "status 403"),
        (TrustingHost(provider=Answer(302, {"Location": "/x"})), itself, "status 302"),
        (TrustingHost(provider=Answer(body=b"<p>")), itself, "no JSON object"),
        (TrustingHost(provider=Answer(body=b'{"value": "a b"}')), itself, "gave no ID token"),
        (TrustingHost(provider=Answer(body=b'{"value": 7}')), itself, "gave no ID token"),
        (TrustingHost(document=None), itself, "--workload-identity-token-endpoint"),
        (TrustingHost(document={"issuer": "https://evil.org"}), itself, "another name"),
        (TrustingHost(document={"token_endpoint": "http://evil.org/t"}), itself, "`https`"),
        (TrustingHost(document={"token_endpoint": None}), itself, "does not tell where"),
        (TrustingHost(document={"grant_types_supported": ["x"]}), itself, "does not tell where"),
        (TrustingHost(answer=b"<p>"), itself, "no JSON object"),
        (TrustingHost(answer=as_body(access_token="a\nb")), itself, "no access token"),
        (TrustingHost(answer=as_body(access_token="")), itself, "no access token"),
        (
            TrustingHost(answer=as_body(access_token=TOKEN, token_type="DPoP")),
            itself,
            "no bearer token",
        ),
        (
            TrustingHost(status=403, answer=f"no\n\x1b[2Jsuch {IDENTITY}".encode()),
            itself,
            "no [2Jsuch ***",
        ),
        (TrustingHost(status=500, answer=b"eyJh.b.c is not known"), itself, "*** is not known"),
        (
            TrustingHost(status=400, answer=as_body(error="invalid_grant", token=TOKEN)),
            itself,
            "status 400\ninvalid_grant\n",
        ),
        (
            TrustingHost(status=401, answer=as_body(errors=[{"message": "who?"}, 7])),
            itself,
            "status 401\nwho?\n",
        ),
        (TrustingHost(status=307), itself, "status 307"),
    ],
)
def test_what_goes_wrong_is_said_without_secrets(
    host: TrustingHost, job: Callable[[dict[str, str]], dict[str, str]], said: str
) -> None:
    with host, pytest.raises(SignInError) as caught:
        signed_in(host.url, job(host.github))
    error = caught.value
    told = "\n".join([error.message, *map(str, error.causes), *error.hints])
    assert said in told
    assert not any(secret in told for secret in SECRETS)
    assert error.exit_code == 1


def test_grants_that_are_listed_have_to_be_this_one() -> None:
    with TrustingHost(document={"grant_types_supported": ["x", GRANT]}) as host:
        assert signed_in(host.url, host.github) == BearerToken(TOKEN)


@pytest.mark.parametrize("host", ["anaconda.org", "s3://bucket", "a b"])
def test_hosts_that_take_no_such_token_are_refused_before_anybody_is_asked(host: str) -> None:
    with pytest.raises(UsageError):
        signed_in(host, {"GITHUB_ACTIONS": "true"})
