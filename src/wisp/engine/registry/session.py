"""Logged in to a registry: each request is answered, or a 401 is met with what it asks for.

Which way of logging in a registry wants is only known from the 401 of the request itself: some
answer 200 below `/v2/` and still guard manifests or uploads. So nothing is probed; each request is
sent, and once more if a challenge could be met.

Sources: OCI distribution specification 1.1; Docker Registry token authentication ("Token
Authentication Specification", "OAuth2 Token Authentication").
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from urllib.parse import urlencode, urljoin, urlsplit

from wisp.engine.http import HttpClient
from wisp.engine.http_exchange import Bounds, Response, Sink, Upload
from wisp.engine.registry.challenge import Challenge, choose_challenge
from wisp.engine.registry.credentials import RegistryLogin
from wisp.engine.registry.faults import RegistryError, fault_of
from wisp.engine.registry.realm import leads_inside, why_foreign
from wisp.foreign import json_data
from wisp.specs.credentials import BasicHTTP, remember
from wisp.specs.known_secrets import remember_texts
from wisp.specs.oci import DOCKER_HUB
from wisp.specs.url_secrets import shown
from wisp.specs.urls import Origin, UserInfo, basic, url_origin

_HOSTS = {DOCKER_HUB: "registry-1.docker.io"}
_TOKEN_BOUNDS = Bounds(size=1024 * 1024, seconds=60)
_CLIENT = "wisp"


def pull_scope(repository: str) -> str:
    """Return the scope that reading a repository needs."""
    return f"repository:{repository}:pull"


def push_scope(repository: str) -> str:
    """Return the scope that writing to a repository needs."""
    return f"repository:{repository}:pull,push"


class RegistrySession:
    """The conversation with one registry. May be used from several threads.

    `scopes` is all that will be needed; what a challenge demands beyond that is asked for too.
    `plain` asks without TLS; by default so only a registry on this machine is asked.
    """

    def __init__(
        self,
        http: HttpClient,
        registry: str,
        *,
        login: RegistryLogin | None = None,
        scopes: tuple[str, ...] = (),
        plain: bool | None = None,
    ) -> None:
        self.registry = registry
        host = _HOSTS.get(registry, registry)
        if plain is None:
            plain = url_origin(f"http://{host}").is_loopback
        self.url = f"{'http' if plain else 'https'}://{host}"
        self._origin = url_origin(self.url)
        self._http = http
        self._login = login
        if login is not None:
            remember(BasicHTTP(login.username, login.password))
            remember_texts([login.identity_token, login.bearer_token])
        self._scopes = scopes
        self._authorization: str | None = None
        self._guard = threading.Lock()

    def request(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Upload | None = None,
        into: Sink | None = None,
        bounds: Bounds | None = None,
        attempts: int | None = None,
    ) -> Response:
        """Send a request to a path below `/v2/`, or a URL that the registry gave.

        Any status is an answer, 401 only if logging in did not help. Raises `FetchError` when
        nobody answers and `RegistryError` when there is no token to be had.
        """
        url = self.resolved(target)
        known = self._authorization
        for last in (False, True):
            own = dict(headers or {})
            if known is not None and url_origin(url) == self._origin:
                own["Authorization"] = known
            response = self._http.request(
                method, url, headers=own, body=body, into=into, bounds=bounds,
                attempts=attempts, sign=False,
            )  # fmt: skip
            if last or response.status != 401 or url_origin(url) != self._origin:
                break
            offered = response.headers.get("www-authenticate", "")
            challenge = choose_challenge(offered, known=self._login is not None)
            if challenge is None:
                break
            known = self._answered(challenge, known)
            if known is None:
                break
        return response

    def resolved(self, target: str, base: str | None = None) -> str:
        """Return the URL of a path below `/v2/`, or of a `Location` that came from `base`.

        A registry behind a proxy may name itself without TLS: it is asked with it all the same.
        """
        url = self._followed(base or f"{self.url}/v2/", target, "leads to")
        parts = urlsplit(url)
        origin = url_origin(url)
        if self._origin.scheme == "https" and origin.scheme == "http":
            if origin.host != self._origin.host:
                raise RegistryError(f"`{self.registry}` leads out of TLS, to `{origin}`")
            return parts._replace(scheme="https", netloc=urlsplit(self.url).netloc).geturl()
        return url

    def _followed(self, base: str, reference: str, what: str) -> str:
        """Resolve a reference that the registry gave; it has to be an address of the web."""
        try:
            url = urljoin(base, reference)
            url_origin(url)
        except ValueError as error:
            said = f"`{self.registry}` {what} what is no address of the web"
            raise RegistryError(said) from error
        return url

    def _answered(self, challenge: Challenge, used: str | None) -> str | None:
        """Return what meets a challenge, None if nothing does."""
        with self._guard:
            if self._authorization is not None and self._authorization != used:
                return self._authorization  # another thread was quicker
            self._authorization = self._met(challenge)
            return self._authorization

    def _met(self, challenge: Challenge) -> str | None:
        login = self._login
        if login is not None and login.bearer_token:
            return f"Bearer {login.bearer_token}"
        if challenge.scheme == "basic":
            if login is None or not login.username:
                return None
            return basic(UserInfo(login.username, login.password))
        return f"Bearer {self._token(challenge)}"

    def _token(self, challenge: Challenge) -> str:
        named = challenge.parameters["realm"]
        realm = self._followed(self.url, named, "wants us to log in at")
        login = self._login
        self._judge(url_origin(realm))
        # A newly demanded scope goes first: some servers read only one.
        demanded = tuple(challenge.parameters.get("scope", "").split())
        scopes = tuple(dict.fromkeys((*demanded, *self._scopes)))
        service = challenge.parameters.get("service", "")
        if login is not None and login.identity_token:
            response = self._exchanged(realm, login.identity_token, service, scopes)
            if response is not None:
                return self._given(response, realm)
        return self._given(self._fetched(realm, service, scopes), realm)

    def _judge(self, realm: Origin) -> None:
        """Refuse to ask a realm that is foreign with a password, or inside our network at all."""
        foreign = why_foreign(realm, self._origin)
        if foreign and (self._login is not None or leads_inside(realm, self._origin)):
            raise RegistryError(
                f"`{self.registry}` wants us to log in at `{realm}`",
                causes=[foreign],
                hints=["nothing was sent; log out of the registry to read from it anonymously"],
            )

    def _exchanged(
        self, realm: str, token: str, service: str, scopes: tuple[str, ...]
    ) -> Response | None:
        """Exchange an identity token; None where the server knows only the older way."""
        form = {
            "grant_type": "refresh_token",
            "service": service,
            "client_id": _CLIENT,
            "refresh_token": token,
            "scope": " ".join(scopes),
        }
        response = self._http.request(
            "POST",
            realm,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
            bounds=_TOKEN_BOUNDS,
            sign=False,
            redirects=False,
        )
        return None if response.status == 404 else response

    def _fetched(self, realm: str, service: str, scopes: tuple[str, ...]) -> Response:
        query = [("service", service)] if service else []
        query += [("scope", scope) for scope in scopes]
        parts = urlsplit(realm)
        joined = "&".join(text for text in (parts.query, urlencode(query)) if text)
        login = self._login
        headers = {}
        if login is not None and (login.username or login.identity_token):
            info = UserInfo(login.username or _CLIENT, login.password or login.identity_token)
            headers["Authorization"] = basic(info)
        return self._http.request(
            "GET",
            parts._replace(query=joined).geturl(),
            headers=headers,
            bounds=_TOKEN_BOUNDS,
            sign=False,
        )

    def _given(self, response: Response, realm: str) -> str:
        if not response.ok:
            raise fault_of(response, "GET", realm, f"log in to `{self.registry}`")
        try:
            answer = json_data(response.body)
            token = answer.get("token") or answer["access_token"]
            renewed = answer.get("refresh_token")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            said = f"`{shown(realm)}` gave no token"
            raise RegistryError(f"could not log in to `{self.registry}`", causes=[said]) from error
        if not isinstance(token, str) or not (token.isascii() and token.isprintable()):
            raise RegistryError(f"could not log in to `{self.registry}`", causes=["no token"])
        if isinstance(renewed, str) and renewed and self._login is not None:
            self._login = RegistryLogin(identity_token=renewed, source=self._login.source)
        return token
