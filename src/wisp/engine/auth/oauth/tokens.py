"""Asking for tokens, renewing them and giving them back.

Sources: RFC 6749, sections 2.3 (clients), 5 (answers) and 6 (renewal); RFC 7009 (revocation).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from urllib.parse import quote_plus, urlencode

from wisp.engine.auth.oauth.provider import BOUNDS, Provider, SignInError, as_table
from wisp.engine.http import HttpClient
from wisp.errors import WispError
from wisp.foreign import whole_number
from wisp.specs.credentials import OAuth
from wisp.specs.known_secrets import remember_texts
from wisp.specs.url_secrets import shown
from wisp.specs.urls import UserInfo, basic
from wisp.values import dataclass, field

#: A token that ends within so many seconds is renewed first, as rattler does.
EXPIRY_MARGIN = 300
_LONGEST_WORD = 200
#: What of a form is no secret; a provider may quote the rest when it refuses it.
_NO_SECRETS = frozenset(
    {"client_id", "grant_type", "scope", "audience", "redirect_uri", "token_type_hint"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The program that asks: its name at the provider, its secret there, how it calls itself."""

    http: HttpClient
    name: str
    secret: str | None = field(default=None, repr=False)
    user_agent: str | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """What every request says of us."""
        return {"User-Agent": self.user_agent} if self.user_agent else {}

    def post(self, address: str, form: Mapping[str, str]) -> tuple[bool, Mapping[str, object]]:
        """Send a form as this client; return whether it was granted, and what was answered.

        Raises `SignInError` for an answer of another form, `FetchError` when there is none.
        """
        headers = dict(self.headers) | {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        remember_texts([self.secret])
        if self.secret is None:
            form = {"client_id": self.name, **form}
        else:
            pair = UserInfo(quote_plus(self.name), quote_plus(self.secret))
            headers["Authorization"] = basic(pair)
        remember_texts(value for key, value in form.items() if key not in _NO_SECRETS)
        answer = self.http.request(
            "POST", address, headers=headers, body=urlencode(form).encode(), bounds=BOUNDS,
            sign=False, redirects=False,
        )  # fmt: skip
        if not answer.ok and answer.status not in {400, 401, 403}:
            raise SignInError(f"`{shown(address)}` answers with status {answer.status}")
        return answer.ok, as_table(answer.body, address)


def refusal(table: Mapping[str, object], deed: str) -> SignInError:
    """Say in the provider's words why something was refused."""
    said = " ".join(str(table.get(key, "")) for key in ("error", "error_description")).strip()
    shown_words = "".join(sign for sign in said if sign.isprintable())[:_LONGEST_WORD]
    return SignInError(f"{deed} was refused", causes=[shown_words or "without a reason"])


def granted(
    table: Mapping[str, object], client_id: str, provider: Provider, *, old: OAuth | None = None
) -> OAuth:
    """Make a credential of what a token endpoint gives, in the form that Pixi stores.

    Raises `SignInError` if it is no bearer token.
    """
    token = table.get("access_token")
    if not isinstance(token, str) or not token or not token.isprintable():
        raise SignInError("the provider gave no access token")
    if str(table.get("token_type", "bearer")).lower() != "bearer":
        raise SignInError("the provider gave a token that is no bearer token")
    renewing = table.get("refresh_token") or (old.table.get("refresh_token") if old else None)
    seconds = whole_number(str(table.get("expires_in")).partition(".")[0])
    content = {
        "access_token": token,
        "refresh_token": renewing if isinstance(renewing, str) else None,
        "expires_at": None if seconds is None else int(time.time()) + seconds,
        "token_endpoint": provider.token,
        "revocation_endpoint": provider.revocation,
        "client_id": client_id,
    }
    return OAuth({**(old.table if old else {}), **content})


def is_stale(credential: OAuth) -> bool:
    """Tell whether a token has ended, or is about to."""
    end = credential.expires_at
    return end is not None and end - time.time() < EXPIRY_MARGIN


def has_ended(credential: OAuth) -> bool:
    """Tell whether a token is of no use any more."""
    end = credential.expires_at
    return end is not None and end <= time.time()


def renewed(http: HttpClient, credential: OAuth) -> OAuth:
    """Return a fresh token for one that ends.

    Raises `SignInError` if the provider wants the person again, `FetchError` if it is silent.
    """
    endpoint, renewing, name = (
        credential.table.get(key) for key in ("token_endpoint", "refresh_token", "client_id")
    )
    if not (isinstance(endpoint, str) and isinstance(renewing, str) and isinstance(name, str)):
        raise SignInError("the OAuth token has ended, and cannot be renewed", hints=_AGAIN)
    form = {"grant_type": "refresh_token", "refresh_token": renewing}
    audience = credential.table.get("audience")
    if isinstance(audience, str):
        form["audience"] = audience
    done, table = Client(http=http, name=name).post(endpoint, form)
    if not done:
        problem = refusal(table, "a new OAuth token")
        raise SignInError(problem.message, causes=problem.causes, hints=_AGAIN)
    revocation = credential.table.get("revocation_endpoint")
    provider = Provider(
        issuer="", token=endpoint, revocation=revocation if isinstance(revocation, str) else None
    )
    return granted(table, name, provider, old=credential)


def revoke(http: HttpClient, credential: OAuth) -> None:
    """Give tokens back, as far as the provider takes them; a silent one changes nothing."""
    address, name = credential.table.get("revocation_endpoint"), credential.table.get("client_id")
    if not (isinstance(address, str) and isinstance(name, str)):
        return
    for key in ("refresh_token", "access_token"):
        token = credential.table.get(key)
        if isinstance(token, str):
            with contextlib.suppress(WispError):
                Client(http=http, name=name).post(address, {"token": token, "token_type_hint": key})


_AGAIN = ("sign in again: `wisp auth login HOST --oauth`",)
