"""Credentials in URLs: they reach the server, and nothing that is written or said."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tests.web import Answer, Asked, Web
from tools.forge import serve
from tools.forge.build import Forge
from tools.forge.serve import Server
from wisp.engine.auth.stores import authorization
from wisp.specs.credentials import BasicHTTP

pytestmark = [pytest.mark.slow, pytest.mark.forked]

SECRET = "sw0rdfish"
#: uv asks a host that refuses again, which it tells too, but not three times and for ever longer.
ONCE_MORE = {"UV_HTTP_RETRIES": "1"}


def with_secret(url: str, form: str) -> str:
    """Put a secret into a URL: as the password of a user, or as a token in the path."""
    if form == "user":
        return url.replace("://", f"://somebody:{SECRET}@")
    return re.sub(r"(://[^/]+)/", rf"\1/t/{SECRET}/", url)


def make_workspace(folder: Path, forge: Forge, channel: str, index: str) -> Path:
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{channel}"]\nplatforms = ["linux-64"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n'
        f'[pypi-options]\nindex-url = "{index}"\n[pypi-dependencies]\nsix = "*"\n'
    )
    return folder


def assert_nothing_tells(folder: Path) -> None:
    told = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "pixi.toml" and SECRET.encode() in path.read_bytes()
    ]
    assert told == []


@pytest.mark.parametrize("verbosity", ["-q", "-vvv"])
def test_a_password_stays_out_of_lock_prefix_and_words(
    wisp: CommandLine, tmp_path: Path, forge: Forge, forge_server: Server, verbosity: str
) -> None:
    channel = with_secret(f"{forge_server.url}/main", "user")
    index = with_secret(f"{forge_server.url}/simple", "user")
    workspace = make_workspace(tmp_path / "ws", forge, channel, index)
    for words in (
        ("lock",),
        ("install",),
        ("list",),
        ("list", "--json"),
        ("info",),
        ("info", "--json"),
        ("tree",),
        ("add", "numpy"),
        ("update", "--dry-run"),
        ("workspace", "channel", "list"),
        ("workspace", "channel", "list", "--urls"),
        ("config", "list"),
        ("search", "greeter"),
        ("workspace", "export", "conda-explicit-spec", "out", "--ignore-pypi-errors"),
    ):
        done = wisp(*words, verbosity, cwd=workspace).success()
        assert SECRET not in done.stdout + done.stderr, words
    assert_nothing_tells(workspace)


@pytest.mark.parametrize("stored", [False, True])
def test_a_password_in_the_address_of_a_channel_opens_it(
    cold_wisp: CommandLine, tmp_path: Path, stored: bool
) -> None:
    folder = channel(tmp_path / "channel", [tiny("good")])
    login = BasicHTTP("some@body", SECRET)

    def answer(asked: Asked) -> Answer:
        if asked.authorization != authorization(login):
            return Answer(401, {"WWW-Authenticate": 'Basic realm="x"'})
        file = folder / asked.path.removeprefix("/channel/")
        return Answer(200, {}, file.read_bytes()) if file.is_file() else Answer(404)

    workspace = tmp_path / "w"
    workspace.mkdir()
    with Web(answer) as web:
        if stored:  # it comes after what stands in the address
            cold_wisp(
                "auth", "login", web.host, "--username", "x", "--password", "y", cwd=tmp_path
            ).success()
        place = web.url.replace("://", f"://some%40body:{SECRET}@")
        (workspace / "pixi.toml").write_text(
            f'[workspace]\nname = "w"\nchannels = ["{place}/channel"]\n'
            'platforms = ["linux-64"]\n[dependencies]\ngood = "*"\n'
        )
        for words in (("lock",), ("install",), ("search", "good"), ("list",)):
            done = cold_wisp(*words, "-vvv", cwd=workspace).success()
            assert SECRET not in done.stdout + done.stderr
    assert (workspace / ".pixi/envs/default/share/good.txt").is_file()
    assert_nothing_tells(workspace)


@pytest.mark.parametrize("form", ["user", "token"])
@pytest.mark.parametrize("part", ["channel", "index"])
def test_a_failure_tells_no_secret(
    cold_wisp: CommandLine, tmp_path: Path, forge: Forge, forge_server: Server,
    form: str, part: str,
) -> None:  # fmt: skip
    urls = {"channel": forge.url, "index": f"{forge_server.url}/simple"}
    nowhere = {"channel": "http://127.0.0.1:9/main", "index": "http://127.0.0.1:9/simple"}
    urls[part] = with_secret(nowhere[part], form)
    workspace = make_workspace(tmp_path / "ws", forge, urls["channel"], urls["index"])
    for words in (("lock",), ("lock", "-vvv"), ("lock", "--offline"), ("add", "nothing-there")):
        done = cold_wisp(*words, cwd=workspace, env=ONCE_MORE)
        assert done.code == 1, words
        assert SECRET not in done.stdout + done.stderr, done.stderr
    assert_nothing_tells(workspace)


class Guarded(serve._Handler):
    """Shows its channel to nobody without the token."""

    def _answer(self, *, with_body: bool) -> None:
        if self.path.startswith("/main"):
            return self._refuse(HTTPStatus.UNAUTHORIZED)
        self.path = self.path.removeprefix(f"/t/{SECRET}")
        return super()._answer(with_body=with_body)


def test_a_token_that_opens_a_channel_is_not_told(
    cold_wisp: CommandLine, tmp_path: Path, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "_Handler", Guarded)
    with Server(forge.folder) as server:
        channel = with_secret(f"{server.url}/main", "token")
        workspace = make_workspace(tmp_path / "ws", forge, channel, f"{server.url}/simple")
        for words in (
            ("lock", "--json"),
            ("install", "-vvv"),
            ("list",),
            ("list", "--json"),
            ("list", "--fields", "name,url"),
            ("info", "--json"),
            ("workspace", "channel", "list"),
            ("workspace", "channel", "list", "--urls"),
            ("search", "python"),
            ("search", "python", "--json"),
            ("add", "greeter", "-vv"),
            ("update", "--dry-run", "--json"),
        ):
            done = cold_wisp(*words, cwd=workspace).success()
            assert SECRET not in done.stdout + done.stderr, words
        refused = cold_wisp("add", "nothing-there", "-vv", cwd=workspace)
        assert (refused.code, SECRET in refused.stderr) == (1, False)


def test_what_is_exported_for_others_has_no_secret(wisp: CommandLine, tmp_path: Path) -> None:
    made = channel(tmp_path / "srv" / "main", [tiny("good")])
    with Server(made.parent) as server:
        urls = [with_secret(f"{server.url}/{name}", "user") for name in ("main", "more")]
        folder = tmp_path / "ws"
        folder.mkdir()
        (folder / "pixi.toml").write_text(
            f'[workspace]\nname = "w"\nchannels = ["{urls[0]}"]\nplatforms = ["linux-64"]\n'
            f'[dependencies]\ngood = {{ version = "*", channel = "{urls[0]}" }}\n'
            f'[feature.f.pypi-options]\nindex-url = "{urls[1]}?token={SECRET}"\n'
            f'[feature.f.pypi-dependencies]\nsix = {{ url = "{urls[1]}/six-1-py3-none-any.whl" }}\n'
            '[environments]\nf = ["f"]\n'
        )
        for name in ("default", "f"):
            words = ("workspace", "export", "conda-environment", "-e", name)
            done = wisp(*words, cwd=folder).success()
            assert f"- {server.url}/main" in done.stdout
            assert f"{server.url}/main::good" in done.stdout
            assert SECRET not in done.stdout + done.stderr
    assert f"six @ {server.url}/more/six-1" in done.stdout


def test_an_explicit_list_has_no_token(wisp: CommandLine, tmp_path: Path) -> None:
    url = f"https://x.invalid/t/{SECRET}/main"
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{url}"]\nplatforms = ["linux-64"]\n'
    )
    (tmp_path / "pixi.lock").write_text(
        f"version: 6\nenvironments:\n  default:\n    channels:\n    - url: {url}/\n"
        f"    packages:\n      linux-64:\n      - conda: {url}/noarch/a-1-0.conda\n"
        f"packages:\n- conda: {url}/noarch/a-1-0.conda\n  md5: {'0' * 32}\n"
    )
    words = ("workspace", "export", "conda-explicit-spec", "out", "--frozen")
    wisp(*words, cwd=tmp_path).success()
    (file,) = (tmp_path / "out").iterdir()
    assert f"https://x.invalid/main/noarch/a-1-0.conda#{'0' * 32}" in file.read_text()


def test_secrets_in_the_configuration_are_not_listed(wisp: CommandLine, tmp_path: Path) -> None:
    mirror = with_secret("https://mirror.example/forge", "user")
    token = with_secret("https://mirror.example/forge", "token")
    config = tmp_path / ".pixi" / "config.toml"
    config.parent.mkdir()
    config.write_text(f'[mirrors]\n"https://conda.anaconda.org/" = ["{mirror}", "{token}"]\n')
    (tmp_path / "pixi.toml").write_text("[workspace]\nchannels = []\nplatforms = []\n")
    for words in (("config", "list"), ("config", "list", "--json")):
        done = wisp(*words, cwd=tmp_path).success()
        assert "mirror.example" in done.stdout
        assert SECRET not in done.stdout + done.stderr
