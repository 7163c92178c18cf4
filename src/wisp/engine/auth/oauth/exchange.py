"""A token for the statement who somebody is: nobody has to agree, the host trusts who signed it.

Sources: RFC 8693, section 2 (exchange); RFC 8414, sections 2 and 3 (who says where); for
prefix.dev its "trusted publishing", which takes `{"token": …}` and answers with the bare token.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from wisp.engine.auth.oauth.provider import (
    BOUNDS,
    SignInError,
    as_table,
    authorization_server,
    check_address,
)
from wisp.engine.http import HttpClient
from wisp.engine.http_exchange import Response
from wisp.foreign import json_data
from wisp.patterns import pattern
from wisp.specs.credentials import BearerToken
from wisp.specs.url_secrets import shown
from wisp.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeGuard

_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
_FORM = "application/x-www-form-urlencoded"
_LONGEST_WORD = 200
#: Where reasons stand: RFC 6749, section 5.2; `message` at Artifactory and others.
_REASONS = ("error", "error_description", "message")
#: A signed statement of whomever, in an answer that tells what it got.
_JWT = pattern(r"eyJ[\w.+/=-]+")
#: What may follow `Bearer` (RFC 6750, section 2.1); a page for people is none.
_TOKEN = pattern(r"[A-Za-z0-9._~+/-]+=*")
#: Kinds of tokens that are sent as `Authorization: Bearer`; RFC 8693, section 2.2.1, has `N_A`.
_BEARER = frozenset({"bearer", "n_a"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExchange:
    """Where statements are taken, `bare` in prefix.dev's way, and what requests say of us."""

    http: HttpClient
    endpoint: str
    bare: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    def token_for(self, identity: str) -> BearerToken:
        """Give an identity and get a token.

        Raises `SignInError`, without a secret, if it is refused, `FetchError` where nobody answers.
        """
        if self.bare:
            body, kind = json.dumps({"token": identity}), "application/json"
        else:
            form = {
                "grant_type": _GRANT,
                "subject_token_type": _ID_TOKEN,
                "subject_token": identity,
            }
            body, kind = urlencode(form), _FORM
        accept = "*/*" if self.bare else "application/json"
        headers = {**self.headers, "Content-Type": kind, "Accept": accept}
        answer = self.http.request(
            "POST", self.endpoint, headers=headers, body=body.encode(), bounds=BOUNDS,
            sign=False, redirects=False,
        )  # fmt: skip
        if not answer.ok:
            raise self._refusal(answer, identity)
        return self._token(answer.body)

    def _token(self, body: bytes) -> BearerToken:
        token: object
        if self.bare:
            token = body.decode(errors="replace").strip()
        else:
            table = as_table(body, self.endpoint)
            if str(table.get("token_type", "bearer")).lower() not in _BEARER:
                raise SignInError("the host gave a token that is no bearer token")
            token = table.get("access_token")
        if not is_token(token):
            raise SignInError(f"`{shown(self.endpoint)}` gave no access token")
        return BearerToken(token)

    def _refusal(self, answer: Response, identity: str) -> SignInError:
        """Say why in the host's words, without what was sent."""
        said = _reason(answer.body).replace(identity, "***")
        plain = " ".join(_JWT.sub("***", said).split())
        words = "".join(sign for sign in plain if sign.isprintable())[:_LONGEST_WORD]
        answered = f"`{shown(self.endpoint)}` answers with status {answer.status}"
        return SignInError(
            "the host gave no token for the identity of this job",
            causes=[answered, words] if words else [answered],
            hints=["the host has to trust the job's provider, and the audience that is asked for"],
        )


def _reason(body: bytes) -> str:
    """Find what is meant for people: a text, or what these keys have; others may hold a token."""
    try:
        found = json_data(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
    inner = found.get("errors") if isinstance(found, dict) else None
    tables = [found, *(inner if isinstance(inner, list) else ())]
    words = (one.get(key) for one in tables if isinstance(one, dict) for key in _REASONS)
    return " ".join(one for one in words if isinstance(one, str))


def is_token(value: object) -> TypeGuard[str]:
    """Tell whether something can be sent as a bearer token."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def exchange_endpoint(http: HttpClient, issuer: str, headers: Mapping[str, str]) -> str:
    """Ask a host where it exchanges tokens (RFC 8414).

    Raises `SignInError` if it does not say so, or tells of another.
    """
    table = authorization_server(http, issuer, headers)
    grants = None if table is None else table.get("grant_types_supported")
    found = None if table is None else table.get("token_endpoint")
    if not isinstance(found, str) or (isinstance(grants, list) and _GRANT not in grants):
        raise SignInError(
            f"`{shown(issuer)}` does not tell where it exchanges tokens",
            hints=[
                "name the place with `--workload-identity-token-endpoint`, or take "
                "`--workload-identity-exchange prefix` for a server like prefix.dev"
            ],
        )
    check_address(found, "token endpoint")
    return found
