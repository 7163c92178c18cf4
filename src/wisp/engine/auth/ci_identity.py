"""Who a CI job is: the signed statement of its provider (an OIDC ID token) for one audience.

Sources: the pages of GitHub Actions ("OpenID Connect reference"), GitLab ("ID token
authentication"), Buildkite (`buildkite-agent oidc`) and CircleCI ("OIDC tokens with custom
claims"); the README of the crate ambient-id for which of these Pixi asks, and in which way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from wisp.engine.auth.google_identity import PROVIDER as GOOGLE
from wisp.engine.auth.google_identity import google_identity, is_google_machine
from wisp.engine.auth.oauth.exchange import is_token
from wisp.engine.auth.oauth.provider import BOUNDS, SignInError, as_table, check_address
from wisp.engine.http import HttpClient
from wisp.engine.process import capture
from wisp.errors import HostError
from wisp.specs.url_secrets import shown
from wisp.values import dataclass, field

_REQUEST_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
_REQUEST_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"


@dataclass(frozen=True, slots=True)
class CiJob:
    """A job of a CI provider; its variables hold secrets."""

    provider: str
    environ: Mapping[str, str] = field(repr=False)

    def identity(self, http: HttpClient, audience: str) -> str:
        """Return the statement who this job is, for whom `audience` names alone.

        Raises `SignInError` if the job may not have one, `FetchError` where nobody answers.
        """
        token = _WAYS[self.provider](http, self.environ, audience).strip()
        if not is_token(token):
            raise SignInError(f"{self.provider} gave no ID token")
        return token


def ci_job(environ: Mapping[str, str]) -> CiJob:
    """Find the job that this process is part of. Raises `SignInError` where there is none."""
    for mark, provider in _MARKS.items():
        if environ.get(mark) == "true":
            return CiJob(provider, environ)
    if is_google_machine(environ):
        return CiJob(GOOGLE, environ)
    marks = " nor ".join(f"`{mark}`" for mark in _MARKS)
    raise SignInError(
        "no CI provider is found that could tell who this job is",
        causes=[f"neither {marks} is `true`, and this is no machine of {GOOGLE}"],
        hints=["a person signs in with `--oauth`, or gives a `--token`"],
    )


def id_token_variable(audience: str) -> str:
    """Return the variable in which a job of GitLab has its token for an audience."""
    return re.sub(r"[^0-9A-Za-z]", "_", audience).upper() + "_ID_TOKEN"


def _of_github(http: HttpClient, environ: Mapping[str, str], audience: str) -> str:
    missing = [name for name in (_REQUEST_URL, _REQUEST_TOKEN) if not environ.get(name)]
    if missing:
        raise SignInError(
            "GitHub Actions lets this job have no ID token",
            causes=[f"`{name}` is not set" for name in missing],
            hints=[
                "give the job `permissions: {id-token: write}`; pull requests of forks get none"
            ],
        )
    address, secret = environ[_REQUEST_URL], environ[_REQUEST_TOKEN]
    check_address(address, f"address in `{_REQUEST_URL}`")
    sign = "&" if "?" in address else "?"
    answer = http.request(
        "GET", f"{address}{sign}audience={quote(audience, safe='')}",
        headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"},
        bounds=BOUNDS, sign=False, redirects=False,
    )  # fmt: skip
    if not answer.ok:
        raise SignInError(
            f"GitHub Actions gave no ID token: `{shown(address)}` answers with status "
            f"{answer.status}"
        )
    value = as_table(answer.body, address).get("value")
    return value if isinstance(value, str) else ""


def _of_gitlab(_: HttpClient, environ: Mapping[str, str], audience: str) -> str:
    name = id_token_variable(audience)
    if not environ.get(name):
        raise SignInError(
            f"GitLab CI gave this job no ID token for `{audience}`",
            causes=[f"`{name}` is not set"],
            hints=[f"declare it in the job: `id_tokens: {{{name}: {{aud: {audience}}}}}`"],
        )
    return environ[name]


def _of_buildkite(_: HttpClient, environ: Mapping[str, str], audience: str) -> str:
    words = ["buildkite-agent", "oidc", "request-token", "--audience", audience]
    return _printed("Buildkite", words, environ)


def _of_circleci(_: HttpClient, environ: Mapping[str, str], audience: str) -> str:
    claims = json.dumps({"aud": audience})
    words = ["circleci", "run", "oidc", "get", "--root-issuer", "--claims", claims]
    return _printed("CircleCI", words, environ)


def _printed(provider: str, words: list[str], environ: Mapping[str, str]) -> str:
    """Run the provider's own program; what it says beside the token may hold secrets too."""
    message = f"{provider} gave this job no ID token"
    try:
        done = capture(words, environ=environ)
    except HostError as error:
        raise SignInError(message, causes=[error.message, *error.causes]) from error
    if done.code != 0:
        raise SignInError(message, causes=[f"`{words[0]}` ended with {done.code}"])
    return done.stdout


#: The variable that is `true` in the jobs of a provider.
_MARKS = {
    "GITHUB_ACTIONS": "GitHub Actions",
    "GITLAB_CI": "GitLab CI",
    "BUILDKITE": "Buildkite",
    "CIRCLECI": "CircleCI",
}
_WAYS: Mapping[str, Callable[[HttpClient, Mapping[str, str], str], str]] = {
    "GitHub Actions": _of_github,
    "GitLab CI": _of_gitlab,
    "Buildkite": _of_buildkite,
    "CircleCI": _of_circleci,
    GOOGLE: google_identity,
}
