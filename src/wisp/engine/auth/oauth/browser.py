"""Consent in a browser of this machine, which comes back to a port that we listen on.

Sources: RFC 6749, section 4.1; RFC 7636 (the proof that we are who began); RFC 8252, section 7.3
(loopback addresses).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from wisp.engine.auth.oauth.device import Invitation, Tell
from wisp.engine.auth.oauth.provider import Provider, SignInError
from wisp.engine.auth.oauth.tokens import Client, granted, refusal
from wisp.engine.process import found_program, given
from wisp.specs.credentials import OAuth
from wisp.specs.urls import url_origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PATIENCE = 300.0
_STEP = 1.0
_PAGE = "<!doctype html><meta charset=utf-8><title>wisp</title><p>{}</p>"
_DONE = _PAGE.format("wisp has what it needs. You can close this window.")
_FAILED = _PAGE.format("Signing in failed. The terminal says more.")


class Opener:
    """A program of the user's that opens addresses, and its variables."""

    __slots__ = ("variables", "words")

    def __init__(self, words: list[str], variables: Mapping[str, str]) -> None:
        self.words = words
        self.variables = variables

    def open(self, address: str) -> subprocess.Popen[bytes] | None:
        """Start it beside us; None where it does not, the address was told."""
        argv = [word.replace("%s", address) for word in self.words]
        if argv == self.words:
            argv.append(address)
        quiet = subprocess.DEVNULL
        try:
            return subprocess.Popen(
                argv,
                env=self.variables,
                stdin=quiet,
                stdout=quiet,
                stderr=quiet,
                start_new_session=True,
            )
        except OSError:
            return None


def by_browser(
    client: Client,
    provider: Provider,
    wish: Mapping[str, str],
    tell: Tell,
    opener: Opener | None,
    redirect: str | None = None,
) -> OAuth:
    """Open the provider's page, wait until it comes back, and exchange its code for tokens.

    `wish` is what the person is asked to grant (scope, audience). `opener` opens addresses, None
    where the person does it themselves.

    Raises `SignInError` if they refuse or take longer than five minutes.
    """
    if provider.authorization is None:
        raise SignInError(
            "the provider has no page to sign in", hints=["`--oauth-flow device-code`"]
        )
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    with _Listener(redirect) as listener:
        back = redirect or f"http://127.0.0.1:{listener.server_port}"
        question = {
            "response_type": "code",
            "client_id": client.name,
            "redirect_uri": back,
            **wish,
            "state": state,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        sign = "&" if urlsplit(provider.authorization).query else "?"
        address = f"{provider.authorization}{sign}{urlencode(question)}"
        tell(Invitation(address))
        if opener is not None:
            opener.open(address)
        code = listener.awaited(state)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
    done, table = client.post(provider.token, {**form, "code_verifier": verifier})
    if not done:
        raise refusal(table, "signing in")
    return granted(table, client.name, provider)


def opener(environ: Mapping[str, str]) -> Opener | None:
    """Return the program that opens addresses here, None where nobody would see it."""
    words = _opening(environ)
    return Opener(words, given(environ)) if words else None


def _opening(environ: Mapping[str, str]) -> list[str]:
    if named := environ.get("BROWSER"):
        return shlex.split(named.partition(":")[0] if "%s" not in named else named)
    if sys.platform == "darwin":
        return ["open"]
    if sys.platform == "win32":
        return ["rundll32", "url.dll,FileProtocolHandler"]
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return []
    found = found_program("xdg-open", environ)
    return [found] if found else []


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class _Listener(HTTPServer):
    """Waits on loopback for the browser to come back, and for nothing else."""

    def __init__(self, redirect: str | None) -> None:
        self._answers: list[dict[str, str]] = []
        self.state = ""
        try:
            host, port = "127.0.0.1", 0
            if redirect is not None:
                origin = url_origin(redirect)
                if origin.scheme != "http" or not origin.is_loopback:
                    raise ValueError
                host, port = origin.host, origin.port
            super().__init__((host, port), _Handler)
        except ValueError as error:
            raise SignInError(
                f"nobody can be awaited at `{redirect}`",
                hints=["name a port of this machine, such as `http://127.0.0.1:8000/callback`"],
            ) from error
        except OSError as error:
            raise SignInError(
                f"the port of `{redirect}` cannot be listened on", causes=[str(error)]
            ) from error
        self.timeout = _STEP

    def awaited(self, state: str) -> str:
        """Return the code that comes with our own `state`. Raises `SignInError`."""
        self.state = state
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            self.handle_request()
            for answer in self._answers:
                if "code" not in answer:
                    raise refusal(answer, "signing in")
                return answer["code"]
        raise SignInError("nobody signed in within five minutes", hints=["begin again"])

    def take(self, answer: dict[str, str]) -> bool | None:
        """Keep what the browser brings; None for what is not of this sign-in."""
        if not secrets.compare_digest(answer.get("state", "").encode(), self.state.encode()):
            return None
        self._answers.append(answer)
        return "code" in answer


class _Handler(BaseHTTPRequestHandler):
    #: Who connects and says nothing must not keep the browser out for long.
    timeout = 5.0
    server: _Listener

    def do_GET(self) -> None:
        """Answer the browser with a page for the person."""
        query = parse_qs(urlsplit(self.path).query)
        known = self.server.take({key: values[0] for key, values in query.items()})
        body = (_DONE if known else _FAILED).encode()
        self.send_response(200 if known is not None else 404)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the line would hold the code."""
