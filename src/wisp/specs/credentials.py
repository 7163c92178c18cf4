"""Credentials as values, and as Pixi's stores spell them. None of them shows itself.

Source: rattler's `credentials.json`, a table from host or `*.domain` to one of these kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from wisp.errors import WispError
from wisp.specs.known_secrets import remember_texts
from wisp.specs.urls import UserInfo, basic
from wisp.values import dataclass, field

Json = Mapping[str, object]


class CredentialError(WispError):
    """A store of credentials is damaged, or holds what is no credential."""


@dataclass(frozen=True, slots=True)
class BearerToken:
    """Sent as `Authorization: Bearer TOKEN` (RFC 6750)."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CondaToken:
    """Put in front of the path, as `/t/TOKEN/`: anaconda.org and Quetz."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BasicHTTP:
    """User and password, sent as `Authorization: Basic …` (RFC 7617)."""

    username: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class S3Credentials:
    """Keys by which requests to a bucket are signed."""

    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OAuth:
    """Tokens of an OAuth flow, as Pixi stores them; what is not known here is kept."""

    table: Json = field(repr=False)

    @property
    def access_token(self) -> str:
        """The token that is sent like a bearer token."""
        return str(self.table["access_token"])

    @property
    def expires_at(self) -> int | None:
        """When that ends, in seconds since 1970; None where nobody knows."""
        end = self.table.get("expires_at")
        return int(end) if isinstance(end, int | float) else None


Credential = BearerToken | CondaToken | BasicHTTP | S3Credentials | OAuth

#: What a person calls each kind.
WORDS: Mapping[type, str] = {
    BearerToken: "token",
    CondaToken: "conda token",
    BasicHTTP: "user and password",
    S3Credentials: "S3 keys",
    OAuth: "OAuth",
}


def remember(credential: Credential) -> None:
    """Hide the secrets of a credential from now on, also as requests spell them."""
    match credential:
        case BasicHTTP(username, password):
            pair = basic(UserInfo(username, password)).partition(" ")[2]
            remember_texts((password, quote(password, safe=""), pair))
        case BearerToken(token) | CondaToken(token):
            # In a path rattler hides what stands before a slash.
            remember_texts((token, *token.split("/")))
        case OAuth(table):
            remember_texts((table.get("access_token"), table.get("refresh_token")))
        case S3Credentials():
            remember_texts((credential.secret_access_key, credential.session_token))


def credential_from_json(value: object) -> Credential | None:
    """Read one entry of a store; None if it is of a kind that is not known here.

    Raises `CredentialError`, without the value, for a known kind of the wrong shape.
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        raise CredentialError("a credential must be a table with one kind")
    ((kind, content),) = value.items()
    match kind:
        case "BearerToken":
            return BearerToken(_text(content, kind))
        case "CondaToken":
            return CondaToken(_text(content, kind))
        case "BasicHTTP":
            table = _table(content, kind)
            return BasicHTTP(_text(table.get("username"), kind), _text(table.get("password"), kind))
        case "S3Credentials":
            return _s3(_table(content, kind))
        case "OAuth":
            table = _table(content, kind)
            _text(table.get("access_token"), kind)
            return OAuth(dict(table))
    return None


def credential_as_json(credential: Credential) -> dict[str, object]:
    """Spell a credential as the stores do."""
    match credential:
        case BearerToken(token):
            return {"BearerToken": token}
        case CondaToken(token):
            return {"CondaToken": token}
        case BasicHTTP(username, password):
            return {"BasicHTTP": {"username": username, "password": password}}
        case S3Credentials(key, secret, session):
            keys = {"access_key_id": key, "secret_access_key": secret, "session_token": session}
            return {"S3Credentials": keys}
        case OAuth(table):
            return {"OAuth": dict(table)}


def _s3(table: Json) -> S3Credentials:
    session = table.get("session_token")
    return S3Credentials(
        _text(table.get("access_key_id"), "S3Credentials"),
        _text(table.get("secret_access_key"), "S3Credentials"),
        None if session is None else _text(session, "S3Credentials"),
    )


def _table(value: object, kind: str) -> Json:
    if not isinstance(value, Mapping):
        raise CredentialError(f"a credential of kind {kind} must be a table")
    return value


def _text(value: object, kind: str) -> str:
    # What holds a line break would end a header and begin another.
    if not isinstance(value, str) or not value.isprintable():
        raise CredentialError(f"a credential of kind {kind} lacks a text, or holds a line break")
    return value
