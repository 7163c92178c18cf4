"""Whom to ask for tokens: the addresses that an issuer tells about itself.

Sources: OpenID Connect Discovery 1.0, section 4; RFC 8414, section 3; RFC 8628, section 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from wisp.engine.http import HttpClient
from wisp.engine.http_exchange import Bounds
from wisp.errors import WispError
from wisp.foreign import json_data
from wisp.specs.url_secrets import shown
from wisp.specs.urls import url_origin
from wisp.values import dataclass

#: What an answer of an issuer may have, and how long it may take.
BOUNDS = Bounds(size=1024 * 1024, seconds=60.0)


class SignInError(WispError):
    """No token was given: the provider refuses, does not answer, or answers what makes no sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Where an issuer gives tokens, asks people for their consent, and takes tokens back."""

    issuer: str
    token: str
    authorization: str | None = None
    device: str | None = None
    revocation: str | None = None


def discover(http: HttpClient, issuer: str, headers: Mapping[str, str]) -> Provider:
    """Ask an issuer for its addresses.

    Raises `SignInError` if it names none, or ones that a secret must not be sent to, and
    `FetchError` when nobody answers.
    """
    issuer = issuer.rstrip("/")
    check_address(issuer, "issuer")
    for address in _documents(issuer):
        answer = http.request("GET", address, headers=headers, bounds=BOUNDS, sign=False)
        if answer.ok:
            return _read(as_table(answer.body, address), issuer)
    raise SignInError(
        f"`{shown(issuer)}` tells nothing of signing in by OAuth",
        hints=["name who gives out tokens with `--oauth-issuer-url`"],
    )


def authorization_server(
    http: HttpClient, issuer: str, headers: Mapping[str, str]
) -> Mapping[str, object] | None:
    """Return what an issuer tells about itself by RFC 8414, None where it tells nothing.

    Raises `SignInError` for what tells of another issuer, and as `discover`.
    """
    issuer = issuer.rstrip("/")
    check_address(issuer, "issuer")
    address = _documents(issuer)[1]
    answer = http.request("GET", address, headers=headers, bounds=BOUNDS, sign=False)
    if not answer.ok:
        return None
    table = as_table(answer.body, address)
    _check_name(table, issuer)
    return table


def as_table(body: bytes, address: str) -> Mapping[str, object]:
    """Read a JSON object. Raises `SignInError`, without what was read, for anything else."""
    try:
        table = json_data(body)
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict):
        raise SignInError(f"what `{shown(address)}` answers is no JSON object")
    return table


def _documents(issuer: str) -> tuple[str, str]:
    parts = urlsplit(issuer)
    place = f"/.well-known/oauth-authorization-server{parts.path}"
    return f"{issuer}/.well-known/openid-configuration", parts._replace(path=place).geturl()


def _read(table: Mapping[str, object], issuer: str) -> Provider:
    _check_name(table, issuer)
    token = _address(table, "token_endpoint")
    if token is None:
        raise SignInError(f"`{shown(issuer)}` names no `token_endpoint`")
    return Provider(
        issuer=issuer,
        token=token,
        authorization=_address(table, "authorization_endpoint"),
        device=_address(table, "device_authorization_endpoint"),
        revocation=_address(table, "revocation_endpoint"),
    )


def _check_name(table: Mapping[str, object], issuer: str) -> None:
    # Whoever else could put the document there would get the codes (RFC 8414, section 3.3).
    if str(table.get("issuer", "")).rstrip("/") != issuer:
        raise SignInError(f"`{shown(issuer)}` calls itself by another name, so it is not believed")


def _address(table: Mapping[str, object], key: str) -> str | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.isprintable():
        raise SignInError(f"`{key}` of the issuer is no address")
    check_address(value, key)
    return value


def check_address(address: str, what: str) -> None:
    """Refuse an address at which a secret could be read on its way. Raises `SignInError`."""
    try:
        origin = url_origin(address)
    except ValueError:
        origin = None
    if origin is None or (origin.scheme != "https" and not origin.is_loopback):
        raise SignInError(f"the {what} `{shown(address)}` must be an `https` address")
