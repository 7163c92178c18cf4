"""An OAuth provider on loopback: discovery, codes for devices, a page, tokens that end."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from tests.web import Answer, Asked, Served


@dataclass
class Provider(Served):
    """Gives tokens `access-1`, `access-2` …, each once for its code or renewal word.

    `pending` is how often a device is told to wait, `refuses` what it is told instead of a token,
    `document` what the document of addresses has besides, `lasts` seconds a token is good.
    """

    pending: int = 1
    refuses: str | None = None
    document: dict[str, object] = field(default_factory=dict)
    lasts: int | None = 3600
    well_known: str = "/.well-known/openid-configuration"
    given: int = 0
    seen: list[dict[str, str]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    renewals: set[str] = field(default_factory=set)
    challenges: dict[str, str] = field(default_factory=dict)

    def respond(self, asked: Asked) -> Answer:
        form = dict(parse_qsl(asked.body.decode()))
        if asked.path == self.well_known:
            return self._json(self._addresses())
        if asked.path == "/device":
            self.seen.append(form)
            return self._json(
                {
                    "device_code": "device-secret",
                    "user_code": "ABCD-EFGH",
                    "verification_uri": f"{self.url}/activate",
                    "interval": 0,
                    "expires_in": 60,
                }
            )
        if asked.path == "/authorize":
            return self._page(dict(asked.query))
        if asked.path == "/token":
            self.seen.append(form | {"authorization": asked.authorization or ""})
            return self._token(form)
        if asked.path == "/revoke":
            self.revoked.append(form["token"])
            return self._json({})
        return Answer(404)

    def _addresses(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "token_endpoint": f"{self.url}/token",
            "authorization_endpoint": f"{self.url}/authorize",
            "device_authorization_endpoint": f"{self.url}/device",
            "revocation_endpoint": f"{self.url}/revoke",
        } | self.document

    def _page(self, query: dict[str, str]) -> Answer:
        back = {"state": query["state"]}
        if self.refuses:
            back["error"] = self.refuses
        else:
            back["code"] = f"code-{len(self.challenges)}"
            self.challenges[back["code"]] = query["code_challenge"]
        return Answer(302, {"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    def _token(self, form: dict[str, str]) -> Answer:
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.renewals:
                return self._json({"error": "invalid_grant"}, 400)
            self.renewals.remove(form["refresh_token"])
        elif form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if self.challenges.pop(form["code"], None) != proof:
                return self._json({"error": "invalid_grant"}, 400)
        elif self.pending:
            self.pending -= 1
            return self._json({"error": "authorization_pending"}, 400)
        elif self.refuses:
            return self._json({"error": self.refuses, "error_description": "not\ntoday"}, 400)
        self.given += 1
        self.renewals.add(f"renewal-{self.given}")
        content = {
            "access_token": f"access-{self.given}",
            "token_type": "Bearer",
            "refresh_token": f"renewal-{self.given}",
        }
        return self._json(content | ({"expires_in": self.lasts} if self.lasts else {}))

    def _json(self, content: dict[str, object], status: int = 200) -> Answer:
        return Answer(status, {"Content-Type": "application/json"}, json.dumps(content).encode())
