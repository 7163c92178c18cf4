"""A machine of Google Cloud says who it is, itself or as the account that it may speak for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.trusting_host import IDENTITY, TOKEN, TrustingHost
from tests.web import Answer, Asked, Web
from wisp import Session, WorkloadRequest
from wisp.api.workload_identity import workload_credential
from wisp.engine.auth import google_identity
from wisp.engine.auth.oauth.provider import SignInError
from wisp.specs.credentials import BearerToken

ACCESS = "machine-access-token"
ACCOUNT = "ci@project.iam.gserviceaccount.com"
MACHINE = "/computeMetadata/v1/instance/service-accounts/default/"


def google(asked: Asked) -> Answer:
    """Answer as the metadata server, and as the place that speaks for accounts."""
    query = dict(asked.query)
    if asked.path.startswith(MACHINE):
        assert asked.headers["metadata-flavor"] == "Google"
    match asked.method, asked.path:
        case "GET", path if path == f"{MACHINE}identity":
            assert query == {"audience": "me", "format": "full"}
            return Answer(body=f"{IDENTITY}\n".encode())
        case "GET", path if path == f"{MACHINE}token":
            assert query["scopes"].endswith("/cloud-platform")
            return Answer(body=json.dumps({"access_token": ACCESS}).encode())
        case "POST", path if path == f"/accounts/{ACCOUNT}:generateIdToken":
            assert asked.authorization == f"Bearer {ACCESS}"
            assert json.loads(asked.body) == {"audience": "me", "includeEmail": True}
            return Answer(body=json.dumps({"token": IDENTITY}).encode())
    return Answer(403, body=ACCESS.encode())


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which a machine says whose it is."""
    file = tmp_path / "product_name"
    file.write_text("Google Compute Engine\n")
    monkeypatch.setattr(google_identity, "_PRODUCT", file)
    return file


def signed_in(host: TrustingHost, web: Web, **variables: str) -> BearerToken:
    environ = {"GCE_METADATA_HOST": web.url.removeprefix("http://")} | variables
    session = Session.open(environ=environ, no_config=True)
    return workload_credential(session, host.url, WorkloadRequest(audience="me"))


@pytest.mark.usefixtures("product")
def test_a_machine_speaks_for_itself() -> None:
    with TrustingHost() as host, Web(google) as web:
        assert signed_in(host, web) == BearerToken(TOKEN)
        assert host.forms[0]["subject_token"] == IDENTITY


def test_a_machine_speaks_for_the_account_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with TrustingHost() as host, Web(google) as web:
        monkeypatch.setattr(google_identity, "_ACCOUNTS", f"{web.url}/accounts/")
        named = {"GOOGLE_SERVICE_ACCOUNT_NAME": ACCOUNT}
        assert signed_in(host, web, **named) == BearerToken(TOKEN)
        with pytest.raises(SignInError, match=r"the account `a/b` answers with status 403") as no:
            signed_in(host, web, GOOGLE_SERVICE_ACCOUNT_NAME="a/b")
        assert web.asked[-1].target == "/accounts/a%2Fb:generateIdToken"
        assert ACCESS not in str(no.value)


@pytest.mark.usefixtures("product")
def test_the_statement_of_a_machine_passes_no_proxy() -> None:
    with TrustingHost() as host, Web(google) as web, Web(lambda _: Answer(502)) as proxy:
        spared = {"no_proxy": host.url.split("/")[2]}
        assert signed_in(host, web, http_proxy=proxy.url, **spared) == BearerToken(TOKEN)
        assert not proxy.asked


def test_providers_of_jobs_come_first_and_other_machines_never(product: Path) -> None:
    with TrustingHost() as host, Web(google) as web:
        job = {"GITLAB_CI": "true", "ME_ID_TOKEN": IDENTITY}
        assert signed_in(host, web, **job) == BearerToken(TOKEN)
        product.write_text("Standard PC\n")
        with pytest.raises(SignInError) as caught:
            signed_in(host, web)
        assert "no machine of Google Cloud" in str(caught.value.causes[0])
        assert not web.asked
