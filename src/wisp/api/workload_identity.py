"""Signing a CI job in: its provider says who it is, and the host gives a token for that."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from wisp.api.authorizing import check_kind
from wisp.api.context import SessionContext
from wisp.api.signing_in import issuer_of
from wisp.engine.auth.ci_identity import ci_job
from wisp.engine.auth.oauth.exchange import TokenExchange, exchange_endpoint
from wisp.engine.auth.oauth.provider import check_address
from wisp.errors import UsageError
from wisp.specs.credentials import BearerToken
from wisp.values import dataclass

_PREFIX_PLACE = "/api/oidc/mint_token"
_PREFIX_AUDIENCE = "prefix.dev"
_JFROG_PLACE = "/access/api/v1/oidc/token"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadRequest:
    """How a job signs in: `exchange` is `token-exchange` or `prefix`, `endpoint` address or path.

    Unless named, the host is the audience, and it is asked for the endpoint; prefix.dev and
    `*.jfrog.io` are known.
    """

    audience: str | None = None
    exchange: str | None = None
    endpoint: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePlan:
    """What is clear before anybody is asked; without `endpoint` the `server` has to tell it.

    `bare` is the exchange of prefix.dev (`wisp.engine.auth.oauth.exchange`).
    """

    server: str
    audience: str
    bare: bool
    endpoint: str | None


def workload_credential(
    session: SessionContext, host: str, request: WorkloadRequest
) -> BearerToken:
    """Get a token for a host, as the CI job that this process is part of.

    Raises `SignInError` outside of one and where none is given, `FetchError` where nobody answers,
    `UsageError` for what the host could not take.
    """
    check_kind(host, BearerToken(""))
    plan = exchange_plan(host, request)
    job = ci_job(session.environ)
    headers = {"User-Agent": request.user_agent} if request.user_agent else {}
    endpoint = plan.endpoint or exchange_endpoint(session.http, plan.server, headers)
    exchange = TokenExchange(http=session.http, endpoint=endpoint, bare=plan.bare, headers=headers)
    return exchange.token_for(job.identity(session.http, plan.audience))


def exchange_plan(host: str, request: WorkloadRequest) -> ExchangePlan:
    """Decide what a host is asked for, and how, as far as that is known here.

    Raises `UsageError` for wishes that do not fit together, `SignInError` for addresses where what
    is sent could be read on its way.
    """
    server = issuer_of(host)
    check_address(server, "host")
    name = urlsplit(server).hostname or ""
    is_prefix = f".{name}".endswith(".prefix.dev")
    audience = request.audience or (_PREFIX_AUDIENCE if is_prefix else name)
    if not audience.isprintable() or any(sign.isspace() for sign in audience):
        raise UsageError("the audience holds signs that cannot be sent")
    bare = is_prefix if request.exchange is None else request.exchange == "prefix"
    if bare and request.endpoint is not None:
        raise UsageError(
            "`--workload-identity-token-endpoint` does not go with the exchange `prefix`",
            hints=["add `--workload-identity-exchange token-exchange`"],
        )
    known = _JFROG_PLACE if name.endswith(".jfrog.io") else None
    place = _PREFIX_PLACE if bare else request.endpoint or known
    endpoint = None if place is None else urljoin(f"{server}/", place)
    if endpoint is not None:
        check_address(endpoint, "token endpoint")
    return ExchangePlan(server=server, audience=audience, bare=bare, endpoint=endpoint)
