"""A registry on loopback that keeps its content in memory, and whose quirks are parameters."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from tests.web import Answer, Asked, Web

USER, PASSWORD = "somebody", "sw0rdfish"
_PATH = re.compile(r"/v2/(?P<name>.+)/(?P<kind>blobs|manifests)/(?P<rest>.*)")


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass(slots=True)
class Registry:
    """What it holds, and how it misbehaves.

    `login` is `basic`, `bearer` or None; `realm` replaces the address of its tokens (whose server
    is `auth`); `one_scope` gives tokens for the first scope asked for only. `mount` is how it
    answers a mount, `head` a HEAD. `blobs_at` redirects blobs there. `cut` cuts the next answers
    with a blob after so many bytes, `lie` gives other bytes for a digest. `busy` answers the next
    requests with a status and `Retry-After: PAUSE`, `fails` with a bare one (0: none). `relative`
    gives a `Location` without a host. `loses` forgets the end of the next pieces of an upload.
    `lists_referrers` says that it keeps the list of what refers to a manifest.
    """

    login: str | None = None
    realm: str | None = None
    anonymous_pull: bool = False
    one_scope: bool = False
    identity: str | None = None
    mount: int = 201
    head: int | None = None
    blobs_at: str | None = None
    cut: list[int] = field(default_factory=list)
    lie: dict[str, bytes] = field(default_factory=dict)
    busy: list[int] = field(default_factory=list)
    pause: int = 0
    fails: list[int] = field(default_factory=list)
    relative: bool = True
    ranges: bool = True
    least: int | None = None
    loses: list[int] = field(default_factory=list)
    lists_referrers: bool = False
    blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], tuple[bytes, str]] = field(default_factory=dict)
    uploads: dict[str, bytearray] = field(default_factory=dict)
    _sessions: Iterator[int] = field(default_factory=itertools.count)
    web: Web = field(init=False)
    auth: Web = field(init=False)

    def __enter__(self) -> Self:
        self.web = Web(self._answer).__enter__()
        self.auth = Web(self._token).__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.web.__exit__()
        self.auth.__exit__()

    @property
    def address(self) -> str:
        return self.web.address

    def asked(self, method: str = "") -> list[Asked]:
        return [asked for asked in self.web.asked if method in ("", asked.method)]

    # Who may ask

    def _answer(self, asked: Asked) -> Answer:
        if self.fails and (status := self.fails.pop(0)):
            return Answer(status)
        if self.busy and (status := self.busy.pop(0)):
            return error(status, "TOOMANYREQUESTS", {"Retry-After": str(self.pause)})
        match = _PATH.fullmatch(asked.path)
        if match is None:
            return Answer(200 if asked.path == "/v2/" else 404)
        name, kind, rest = match["name"], match["kind"], match["rest"]
        if challenge := self._refused(asked, name):
            return error(401, "UNAUTHORIZED", {"WWW-Authenticate": challenge})
        if kind == "manifests":
            return self._manifest(asked, name, rest)
        if rest.startswith("uploads/"):
            return self._upload(asked, name, rest.removeprefix("uploads/"))
        return self._blob(asked, name, rest)

    def _refused(self, asked: Asked, name: str) -> str | None:
        reads = asked.method in {"GET", "HEAD"}
        needed = {f"repository:{name}:{'pull' if reads else 'push'}"}
        if origin := dict(asked.query).get("from"):
            needed.add(f"repository:{origin}:pull")
        if self.login == "basic" and asked.authorization != basic():
            return 'Negotiate, Basic realm="here"'
        if self.login == "bearer" and not needed <= granted(asked.authorization):
            realm = self.realm or f"{self.auth.url}/token?from=here"
            scope = f"repository:{name}:pull" + ("" if reads else ",push")
            return f'Bearer realm="{realm}",service="reg, \\"here\\"",scope="{scope}"'
        return None

    def _token(self, asked: Asked) -> Answer:
        if asked.method == "POST":
            form = dict(re.findall(r"(\w+)=([^&]*)", asked.body.decode()))
            if self.identity is None:
                return Answer(404)
            known = form.get("refresh_token") == self.identity
            scopes = form.get("scope", "").replace("%3A", ":").replace("%2C", ",").split("+")
            scopes = [scope.replace("%2F", "/") for scope in scopes]
        else:
            known = asked.authorization == basic()
            scopes = [value for name, value in asked.query if name == "scope"]
            if asked.authorization and not known:
                return Answer(401)
        if self.one_scope:
            scopes = scopes[:1]
        rights = []
        for scope in scopes:
            kind, name, actions = scope.rsplit(":", 2)
            rights += [
                f"{kind}:{name}:{action}"
                for action in actions.split(",")
                if known or (self.anonymous_pull and action == "pull")
            ]
        token = base64.b64encode("\n".join(rights).encode()).decode()
        return Answer(body=json.dumps({"access_token": token}).encode())

    # What is asked

    def _manifest(self, asked: Asked, name: str, identifier: str) -> Answer:
        if asked.method == "PUT":
            kind = asked.headers["content-type"]
            for key in (identifier, digest_of(asked.body)):
                self.manifests[name, key] = asked.body, kind
            subject = json.loads(asked.body).get("subject")
            listed = self.lists_referrers and subject
            return Answer(201, {"OCI-Subject": subject["digest"]} if listed else {})
        if (name, identifier) not in self.manifests:
            return error(404, "MANIFEST_UNKNOWN")
        content, kind = self.manifests[name, identifier]
        if kind not in asked.headers.get("accept", ""):
            return error(404, "MANIFEST_UNKNOWN")
        headers = {"Content-Type": kind, "Docker-Content-Digest": "sha256:" + "0" * 64}
        return Answer(headers=headers, body=self.lie.get(identifier, content))

    def _blob(self, asked: Asked, name: str, digest: str) -> Answer:
        if asked.method == "HEAD" and self.head:
            return Answer(self.head)
        if (name, digest) not in self.blobs:
            return error(404, "BLOB_UNKNOWN")
        if self.blobs_at:
            return Answer(307, {"Location": f"{self.blobs_at}/{digest}"})
        content = self.lie.get(digest, self.blobs[name, digest])
        cut = self.cut.pop(0) if self.cut and asked.method == "GET" else None
        start = asked.headers.get("range", "")
        if start and self.ranges:
            first = int(start.removeprefix("bytes=").rstrip("-"))
            where = {"Content-Range": f"bytes {first}-{len(content) - 1}/{len(content)}"}
            return Answer(206, where, content[first:], cut=cut)
        return Answer(body=content, cut=cut)

    def _upload(self, asked: Asked, name: str, session: str) -> Answer:
        query = dict(asked.query)
        if asked.method == "POST":
            return self._begun(name, query)
        known = self.uploads.get(session)
        if known is None:
            return error(404, "BLOB_UPLOAD_UNKNOWN")
        if asked.method == "PATCH":
            first = int(asked.headers["content-range"].partition("-")[0])
            if first != len(known):
                return Answer(416, self._place(name, session))
            body = asked.body[: len(asked.body) - (self.loses.pop(0) if self.loses else 0)]
            known.extend(body)
            return Answer(202, self._place(name, session))
        if asked.method == "GET":
            return Answer(204, self._place(name, session))
        content = bytes(known) + asked.body
        if digest_of(content) != query.get("digest"):
            return error(400, "DIGEST_INVALID")
        self.blobs[name, query["digest"]] = content
        del self.uploads[session]
        return Answer(201)

    def _begun(self, name: str, query: dict[str, str]) -> Answer:
        if "mount" in query:
            if self.mount == 201 and (query["from"], query["mount"]) in self.blobs:
                self.blobs[name, query["mount"]] = self.blobs[query["from"], query["mount"]]
                return Answer(201)
            if self.mount not in {201, 202}:
                return error(self.mount, "UNKNOWN")
        session = f"s{next(self._sessions)}"
        self.uploads[session] = bytearray()
        headers = self._place(name, session)
        if self.least:
            headers["OCI-Chunk-Min-Length"] = str(self.least)
        return Answer(202, headers)

    def _place(self, name: str, session: str) -> dict[str, str]:
        host = "" if self.relative else self.web.url
        size = len(self.uploads[session])
        return {
            "Location": f"{host}/v2/{name}/blobs/uploads/{session}?state=a%2Fb",
            "Range": f"0-{max(0, size - 1)}",
        }


def basic() -> str:
    return "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def granted(authorization: str | None) -> set[str]:
    if not authorization or not authorization.startswith("Bearer "):
        return set()
    return set(base64.b64decode(authorization.removeprefix("Bearer ")).decode().split("\n"))


def error(status: int, code: str, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps({"errors": [{"code": code, "message": "no\nway"}]}).encode()
    return Answer(status, {"Content-Type": "application/json", **(headers or {})}, body)
