from __future__ import annotations

import pytest

from wisp.specs import known_secrets
from wisp.specs.credentials import (
    BasicHTTP,
    BearerToken,
    CondaToken,
    Credential,
    OAuth,
    S3Credentials,
    remember,
)
from wisp.specs.known_secrets import remember_texts, without_known


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_secrets, "_known", {})


@pytest.mark.parametrize(
    "credential",
    [
        BasicHTTP("me", "s3cret/value"),
        BearerToken("s3cret/value"),
        CondaToken("s3cret/value"),
        OAuth({"access_token": "s3cret/value"}),
        OAuth({"access_token": "a", "refresh_token": "s3cret/value"}),
        S3Credentials("AKIA", "s3cret/value"),
        S3Credentials("AKIA", "a", "s3cret/value"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_known_is_hidden_wherever_it_stands(credential: Credential) -> None:
    said = "the header s3cret/value-x of me is no good (s3cret/value)"
    assert without_known(said) == said
    remember(credential)
    assert without_known(said) == "the header ***-x of me is no good (***)"


def test_a_password_is_known_as_requests_spell_it_too() -> None:
    remember(BasicHTTP("me", "s3cret/value"))
    assert without_known("?p=s3cret%2Fvalue Basic bWU6czNjcmV0L3ZhbHVl") == "?p=*** Basic ***"


def test_the_longer_of_two_is_hidden_whole() -> None:
    remember_texts(["s3cret-value", "s3cret-value-more"])
    assert without_known("s3cret-value-more s3cret-value") == "*** ***"


def test_what_may_be_a_word_is_not_looked_for() -> None:
    remember_texts(["password", "a1", "", None, 12345678])
    said = "the password a1 12345678"
    assert without_known(said) == said
