"""A host on loopback that trusts CI jobs, and the provider of these jobs: both are one server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from tests.web import Answer, Asked, Served

IDENTITY = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2IifQ.signature"
REQUEST_SECRET = "request-secret"
TOKEN = "host-token-1"
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"


@dataclass
class TrustingHost(Served):
    """Gives `TOKEN` for `IDENTITY`: at `/token` by RFC 8693, at prefix.dev's place bare.

    `document` is what its metadata say besides (None: there are none), `provider` what the CI
    provider answers, `answer` the body of a token endpoint, with `status`.
    """

    document: dict[str, object] | None = field(default_factory=dict)
    provider: Answer = field(
        default_factory=lambda: Answer(body=json.dumps({"value": IDENTITY}).encode())
    )
    answer: bytes | None = None
    status: int = 200
    audiences: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    bodies: list[object] = field(default_factory=list)

    @property
    def github(self) -> dict[str, str]:
        """The variables of a job of GitHub Actions that may have an identity."""
        return {
            "GITHUB_ACTIONS": "true",
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/identity?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_SECRET,
        }

    def respond(self, asked: Asked) -> Answer:
        match asked.method, asked.path:
            case "GET", "/identity":
                assert asked.authorization == f"Bearer {REQUEST_SECRET}"
                query = dict(asked.query)
                assert query["api-version"] == "2.0"
                self.audiences.append(query["audience"])
                return self.provider
            case "GET", "/.well-known/oauth-authorization-server" if self.document is not None:
                addresses = {"issuer": self.url, "token_endpoint": f"{self.url}/token"}
                return Answer(body=json.dumps(addresses | self.document).encode())
            case "POST", "/token" | "/elsewhere/token":
                self.forms.append(dict(parse_qsl(asked.body.decode())))
                given = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 60}
                return Answer(self.status, body=self.answer or json.dumps(given).encode())
            case "POST", "/api/oidc/mint_token":
                assert asked.headers["content-type"] == "application/json"
                self.bodies.append(json.loads(asked.body))
                return Answer(self.status, body=self.answer or f"{TOKEN}\n".encode())
        return Answer(404)
