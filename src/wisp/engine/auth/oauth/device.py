"""Consent on another device: a person types a short code into any browser, and we wait.

Source: RFC 8628, sections 3.2 to 3.5.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from wisp.engine.auth.oauth.provider import Provider, SignInError
from wisp.engine.auth.oauth.tokens import Client, granted, refusal
from wisp.errors import FetchError
from wisp.specs.credentials import OAuth
from wisp.specs.urls import url_origin
from wisp.values import dataclass

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_PAUSE = 5.0
_LONGEST = 1800.0


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a person has to do: open an address, and give a code there if there is one."""

    address: str
    code: str = ""


Tell = Callable[[Invitation], None]


def by_device(client: Client, provider: Provider, wish: Mapping[str, str], tell: Tell) -> OAuth:
    """Invite a person to grant a wish (scope, audience), and wait for the token.

    Raises `SignInError` if they refuse, take too long, or the provider knows no such way.
    """
    if provider.device is None:
        raise SignInError(
            "the provider knows no codes for other devices",
            hints=["let a browser open on this machine: `--oauth-flow auth-code`"],
        )
    done, table = client.post(provider.device, wish)
    if not done:
        raise refusal(table, "signing in")
    tell(_invitation(table))
    form = {"grant_type": _GRANT, "device_code": _text(table, "device_code")}
    return _awaited(client, provider, form, table)


def _awaited(
    client: Client, provider: Provider, form: Mapping[str, str], table: Mapping[str, object]
) -> OAuth:
    """Ask again and again, as seldom as the provider wishes, until the code has ended."""
    pause = max(1.0, _seconds(table, "interval", _PAUSE))
    end = time.monotonic() + min(_LONGEST, _seconds(table, "expires_in", _LONGEST))
    while time.monotonic() + pause < end:
        time.sleep(pause)
        try:
            done, answer = client.post(provider.token, form)
        except FetchError:  # a network that fails for a moment; RFC 8628, section 3.5
            pause *= 2
            continue
        if done:
            return granted(answer, client.name, provider)
        match answer.get("error"):
            case "authorization_pending":
                continue
            case "slow_down":
                pause += _PAUSE
            case _:
                raise refusal(answer, "signing in")
    raise SignInError("signing in took too long", hints=["begin again; the code has ended"])


def _invitation(table: Mapping[str, object]) -> Invitation:
    address = table.get("verification_uri_complete") or table.get("verification_uri")
    # Google's first interface says `url`, and is still met.
    found = address if isinstance(address, str) else _text(table, "verification_url")
    try:
        url_origin(found)
    except ValueError as error:
        raise SignInError("the provider names no address to open") from error
    return Invitation(found, _text(table, "user_code"))


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value or not value.isprintable():
        raise SignInError(f"the provider gave no `{key}`")
    return value


def _seconds(table: Mapping[str, object], key: str, default: float) -> float:
    value = table.get(key)
    return float(value) if isinstance(value, int | float) and value >= 0 else default
