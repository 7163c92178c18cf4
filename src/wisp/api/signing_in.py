"""Signing in by OAuth: who gives out tokens for a host, and how the person agrees."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from wisp.api.context import SessionContext
from wisp.engine.auth.oauth.browser import by_browser, opener
from wisp.engine.auth.oauth.device import Tell, by_device
from wisp.engine.auth.oauth.provider import Provider, discover
from wisp.engine.auth.oauth.tokens import Client
from wisp.specs.credentials import OAuth
from wisp.values import dataclass, field

#: What Pixi asks for, and as whom: providers know this name.
_SCOPES = ("openid", "profile", "offline_access")
_CLIENT = "rattler"
FLOWS = ("device-code", "auth-code", "auto")


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthRequest:
    """How to sign in: `flow` is one of `FLOWS`; `auto` takes a browser where one would be seen.

    Unless named, the host is the issuer, and the flow is the first. `audience` is for providers
    that give tokens for one program of several.
    """

    issuer: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    flow: str | None = None
    scopes: tuple[str, ...] = ()
    audience: str | None = None
    redirect_uri: str | None = None
    user_agent: str | None = None


def oauth_credential(
    session: SessionContext, host: str, request: OAuthRequest, tell: Tell
) -> OAuth:
    """Get tokens for a host; the person is told by `tell` what to open.

    Raises `SignInError` where none are given, `FetchError` where nobody answers.
    """
    client = Client(
        http=session.http,
        name=request.client_id or _CLIENT,
        secret=request.client_secret,
        user_agent=request.user_agent,
    )
    provider = discover(session.http, request.issuer or issuer_of(host), client.headers)
    wish = {"scope": " ".join(request.scopes or _SCOPES)}
    if request.audience is None:
        return _by_flow(session, client, provider, wish, request, tell)
    wish["audience"] = request.audience
    granted = _by_flow(session, client, provider, wish, request, tell)
    return OAuth({**granted.table, "audience": request.audience})


def _by_flow(
    session: SessionContext,
    client: Client,
    provider: Provider,
    wish: Mapping[str, str],
    request: OAuthRequest,
    tell: Tell,
) -> OAuth:
    flow = request.flow or FLOWS[0]
    if flow == "device-code":
        return by_device(client, provider, wish, tell)
    program = opener(session.environ)
    if flow == "auto" and program is None and provider.device is not None:
        return by_device(client, provider, wish, tell)
    return by_browser(client, provider, wish, tell, program, request.redirect_uri)


def issuer_of(host: str) -> str:
    """Return the address of a host, `https` unless it says otherwise."""
    parts = urlsplit(host if "://" in host else f"https://{host.removeprefix('*.')}")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
