from __future__ import annotations

import pytest

from wisp.specs.credentials import (
    BasicHTTP,
    BearerToken,
    CondaToken,
    Credential,
    CredentialError,
    OAuth,
    S3Credentials,
    credential_as_json,
    credential_from_json,
)


@pytest.mark.parametrize(
    ("credential", "table"),
    [
        (BearerToken("SECRET"), {"BearerToken": "SECRET"}),
        (CondaToken("SECRET"), {"CondaToken": "SECRET"}),
        (
            BasicHTTP("SECRET", "SECRET"),
            {"BasicHTTP": {"username": "SECRET", "password": "SECRET"}},
        ),
        (
            S3Credentials("SECRET", "SECRET"),
            {
                "S3Credentials": {
                    "access_key_id": "SECRET",
                    "secret_access_key": "SECRET",
                    "session_token": None,
                }
            },
        ),
        (
            OAuth({"access_token": "SECRET", "client_id": "x"}),
            {"OAuth": {"access_token": "SECRET", "client_id": "x"}},
        ),
    ],
)
def test_credentials_have_one_spelling_and_hide(
    credential: Credential, table: dict[str, object]
) -> None:
    assert credential_as_json(credential) == table
    assert credential_from_json(table) == credential
    assert "SECRET" not in repr(credential)


def test_a_kind_that_is_not_known_is_passed_over() -> None:
    assert credential_from_json({"GoogleCloud": {"x": 1}}) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        "BearerToken",
        {},
        {"BearerToken": "a", "CondaToken": "b"},
        {"BearerToken": 1},
        {"BearerToken": "a\r\nHost: evil"},
        {"BasicHTTP": "a"},
        {"BasicHTTP": {"username": "a"}},
        {"S3Credentials": {"access_key_id": "a"}},
        {"OAuth": {}},
    ],
)
def test_a_damaged_credential_is_refused(value: object) -> None:
    with pytest.raises(CredentialError):
        credential_from_json(value)
