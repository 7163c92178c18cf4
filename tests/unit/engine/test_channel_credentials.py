"""Credentials for channels: each kind reaches the host it is for, a mirror too, and no other."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.tiny import settings
from tests.web import Answer, Asked, Web
from wisp.engine.auth.file_store import FileStore
from wisp.engine.gateway import ChannelAccess
from wisp.errors import HostError
from wisp.specs.credentials import BasicHTTP, BearerToken, CondaToken, Credential

KINDS: dict[str, tuple[Credential, str | None, str]] = {
    "bearer": (BearerToken("SECRET"), "Bearer SECRET", ""),
    "basic": (BasicHTTP("u", "SECRET"), "Basic dTpTRUNSRVQ=", ""),
    "conda token": (CondaToken("SECRET"), None, "/t/SECRET"),
}
ORIGINAL = "http://channel.invalid:1"


def guarded(header: str | None, prefix: str) -> Web:
    """A channel without packages that asks for credentials."""

    def answer(asked: Asked) -> Answer:
        path = asked.path.removeprefix(prefix)
        if asked.authorization != header or (path == asked.path and prefix):
            return Answer(401, {"WWW-Authenticate": 'Basic realm="x"'})
        if path.endswith("/repodata.json"):
            subdir = path.split("/")[-2]
            data = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": {}}
            return Answer(body=json.dumps(data).encode())
        return Answer(404)

    return Web(answer)


def names_in(access: ChannelAccess, channel: str) -> list[str]:
    async def ask() -> list[str]:
        return [str(name) for name in await access.gateway.names([channel], ["noarch"])]

    return asyncio.run(ask())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unchecked", [False, True])
def test_a_channel_gets_its_credentials(tmp_path: Path, kind: str, unchecked: bool) -> None:
    credential, header, prefix = KINDS[kind]
    auth = tmp_path / "auth.json"
    FileStore(auth).store("127.0.0.1", credential)
    with guarded(header, prefix) as web:
        made = settings(tmp_path / "cache", auth_file=auth, tls_no_verify=unchecked)
        assert names_in(ChannelAccess(made, {}), f"{web.url}/main") == []
    assert web.asked[-1].authorization == header


@pytest.mark.parametrize(
    ("kind", "unchecked"), [*((kind, False) for kind in KINDS), ("conda token", True)]
)
def test_a_mirror_gets_its_own_credentials_and_not_the_originals(
    tmp_path: Path, kind: str, unchecked: bool
) -> None:
    credential, header, prefix = KINDS[kind]
    auth = tmp_path / "auth.json"
    FileStore(auth).store("127.0.0.1", credential)
    FileStore(auth).store("channel.invalid", BasicHTTP("original", "ORIGINAL"))
    with guarded(header, prefix) as web:
        made = settings(
            tmp_path / "cache",
            auth_file=auth,
            tls_no_verify=unchecked,
            mirrors={f"{ORIGINAL}/": (f"{web.url}/",)},
        )
        assert names_in(ChannelAccess(made, {}), f"{ORIGINAL}/main") == []
    assert {asked.authorization for asked in web.asked} == {header}


def test_a_login_in_the_address_of_a_mirror_is_for_that_mirror(tmp_path: Path) -> None:
    _, header, _ = KINDS["basic"]
    with guarded(header, "") as web, guarded(None, "") as neighbour:
        mirror = web.url.replace("://", "://u:SECRET@")
        made = settings(tmp_path / "cache", mirrors={f"{ORIGINAL}/": (f"{mirror}/",)})
        access = ChannelAccess(made, {})
        assert names_in(access, f"{ORIGINAL}/main") == []
        assert names_in(access, f"{neighbour.url}/main") == []
    assert {asked.authorization for asked in web.asked} == {header}
    assert {asked.authorization for asked in neighbour.asked} == {None}


@pytest.mark.parametrize("unchecked", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_strangers_mirror_gets_nothing(tmp_path: Path, kind: str, unchecked: bool) -> None:
    auth = tmp_path / "auth.json"
    FileStore(auth).store("channel.invalid", KINDS[kind][0])
    with guarded(None, "") as web:
        made = settings(
            tmp_path / "cache",
            auth_file=auth,
            tls_no_verify=unchecked,
            mirrors={f"{ORIGINAL}/": (f"{web.url}/",)},
        )
        assert names_in(ChannelAccess(made, {}), f"{ORIGINAL}/main") == []
    seen = "".join(asked.target + str(asked.headers) for asked in web.asked)
    assert "SECRET" not in seen
    assert {asked.authorization for asked in web.asked} == {None}


@pytest.mark.parametrize("down", ["refuses", "fails", "is not known"])
def test_mirrors_are_tried_in_turn(tmp_path: Path, down: str) -> None:
    with Web(lambda _: Answer(503)) as failing, guarded(None, "") as web:
        first = {
            "refuses": "http://127.0.0.1:1",
            "fails": failing.url,
            "is not known": "http://mirror.invalid",
        }[down]
        mirrors = {f"{ORIGINAL}/": (f"{first}/", f"{web.url}/")}
        access = ChannelAccess(settings(tmp_path / "cache", mirrors=mirrors), {})
        assert names_in(access, f"{ORIGINAL}/main") == []
    assert web.asked


def test_two_environments_have_credentials_and_proxies_of_their_own(tmp_path: Path) -> None:
    with guarded("Bearer SECRET", "") as web, guarded("Bearer SECRET", "") as proxy:
        environs = []
        for name, host in (("a", "127.0.0.1"), ("b", "other.invalid")):
            home = tmp_path / name
            FileStore(home / ".rattler/credentials.json").store(host, BearerToken("SECRET"))
            environs.append({"HOME": str(home)})
        environs[1]["http_proxy"] = proxy.url
        one, two = (ChannelAccess(settings(tmp_path / "c"), environ) for environ in environs)
        assert names_in(one, f"{web.url}/main") == []
        assert proxy.asked == []
        assert names_in(two, "http://other.invalid/main") == []
        assert proxy.asked[-1].authorization == "Bearer SECRET"


@pytest.mark.parametrize("chosen", [True, False])
def test_credentials_that_rattler_cannot_read_are_no_bug(tmp_path: Path, chosen: bool) -> None:
    file = tmp_path / ".rattler" / "credentials.json"
    file.parent.mkdir()
    file.write_text("no list")
    environ = {"HOME": str(tmp_path)} | ({"RATTLER_AUTH_FILE": str(file)} if chosen else {})
    access = ChannelAccess(settings(tmp_path / "cache"), environ)
    with pytest.raises(HostError, match="credentials cannot be read"):
        assert access.client
