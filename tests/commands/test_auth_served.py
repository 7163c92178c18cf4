"""Credentials that are stored reach a server which asks for them: channels and package indexes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.commands.toolchannel import tool_channel
from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.forked

SECRET = "s3cret-Word"
BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
#: How a credential is stored, and what a request then has to bring.
KINDS = {
    "token": (["--token", "-"], f"Bearer {SECRET}"),
    "password": (["--username", "me", "--password", "-"], BASIC),
    "conda token": (["--conda-token", "-"], None),
}


class Guarded(SimpleHTTPRequestHandler):
    """Serves a folder to who brings `wanted`; for None, to whose path begins with the token."""

    def __init__(self, *words: Any, wanted: str | None, **more: Any) -> None:
        self.wanted = wanted
        super().__init__(*words, **more)

    def do_GET(self) -> None:
        if not self._is_known():
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="here"')
            self.end_headers()
            return
        if self.path.endswith("/"):
            self.path += "index.json"
        super().do_GET()

    def do_HEAD(self) -> None:
        self.do_GET()

    def _is_known(self) -> bool:
        if self.wanted is not None:
            return self.headers.get("Authorization") == self.wanted
        known, self.path = self.path.startswith(f"/t/{SECRET}/"), self.path[len(SECRET) + 3 :]
        return known

    def guess_type(self, path: Any) -> str:
        return "application/vnd.pypi.simple.v1+json" if "simple" in str(path) else "text/plain"

    def log_message(self, *words: Any) -> None:
        return


@pytest.fixture
def guarded(request: pytest.FixtureRequest, tmp_path: Path, forge: Forge) -> Iterator[str]:
    """The host of a server that wants the kind of credential which the test is about."""
    wanted = KINDS[request.getfixturevalue("kind")][1]
    site = tmp_path / "site"
    tool_channel(site / "channel")
    (site / "simple").symlink_to(forge.folder / "simple")
    handler = partial(Guarded, directory=str(site), wanted=wanted)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_is_read_by_who_has_signed_in(
    cold_wisp: CommandLine, guarded: str, tmp_path: Path, kind: str
) -> None:
    words = ["exec", "-c", f"http://{guarded}/channel", "say"]
    refused = cold_wisp(*words, cwd=tmp_path)
    assert refused.code == 1
    login = ["auth", "login", guarded.partition(":")[0], *KINDS[kind][0]]
    cold_wisp(*login, cwd=tmp_path, stdin=f"{SECRET}\n").success()
    status = cold_wisp("auth", "status", f"http://{guarded}/channel", cwd=tmp_path).success()
    assert "localhost" in status.stdout
    done = cold_wisp(*words, cwd=tmp_path).success()
    assert done.stdout == "say 2.0\n"
    cold_wisp("auth", "logout", "localhost", cwd=tmp_path).success()
    again = cold_wisp("exec", "-c", f"http://{guarded}/channel", "voice", cwd=tmp_path)
    assert again.code == 1
    for said in (refused, status, done, again):
        assert SECRET not in said.stdout + said.stderr
    records = list(cold_wisp.home.cache.rglob("conda-meta/*.json"))
    assert records
    assert not any(SECRET in file.read_text() for file in records)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "store"), [("token", "login"), ("password", "login"), ("password", "netrc")]
)
def test_an_index_gives_packages_to_who_has_signed_in(
    wisp: CommandLine, guarded: str, forge: Forge, tmp_path: Path, kind: str, store: str
) -> None:
    configuration = wisp.home.path / ".config" / "pixi" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(f'[pypi-config]\nindex-url = "http://{guarded}/simple"\n')
    words = ["exec", "-c", forge.url, "--pypi", "six", "--lock", "six.lock", "python", "-c"]
    words.append("import six; print(six.__name__)")
    refused = wisp(*words, cwd=tmp_path)
    assert refused.code == 1
    assert f"`wisp auth login {guarded}` stores them" in refused.stderr
    assert "the channels have" not in refused.stderr
    if store == "netrc":
        host = guarded.partition(":")[0]
        netrc = wisp.home.path / ".netrc"
        netrc.write_text(f"machine {host} login me password {SECRET}\n")
        netrc.chmod(0o600)
    else:
        login = ["auth", "login", guarded.partition(":")[0], *KINDS[kind][0]]
        wisp(*login, cwd=tmp_path, stdin=f"{SECRET}\n").success()
    done = wisp(*words, cwd=tmp_path).success()
    assert done.stdout == "six\n"
    assert SECRET not in done.stderr + (tmp_path / "six.lock").read_text()
