"""Logins: who gets what stands in an address, who does not, and that nobody is told of them."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oauth_provider import Provider
from tests.repositories import git
from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tests.web import Answer, Asked, Web
from tools.forge.build import Forge
from wisp.engine.auth.stores import authorization
from wisp.specs.credentials import BasicHTTP

pytestmark = pytest.mark.forked

SECRET = "sw0rdfish"
LOGIN = authorization(BasicHTTP("me", SECRET))


def opened(address: str) -> str:
    return address.replace("://", f"://me:{SECRET}@")


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Web]:
    """A channel `c` with the package `good`, for one user."""
    made = channel(tmp_path / "guarded" / "c", [tiny("good")])

    def answer(asked: Asked) -> Answer:
        if asked.authorization != LOGIN:
            return Answer(401, {"WWW-Authenticate": 'Basic realm="x"'})
        file = made.parent / asked.path.lstrip("/")
        return Answer(body=file.read_bytes()) if file.is_file() else Answer(404)

    with Web(answer) as web:
        yield web


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[Web]:
    """A channel `c` with the package `other`, for everybody, at another port of the same host."""
    made = channel(tmp_path / "open" / "c", [tiny("other")])

    def answer(asked: Asked) -> Answer:
        file = made.parent / asked.path.lstrip("/")
        return Answer(body=file.read_bytes()) if file.is_file() else Answer(404)

    with Web(answer) as web:
        yield web


@pytest.mark.parametrize(
    "line", ["exec {} --spec good true", "search {} good", "global install {} good"]
)
@pytest.mark.parametrize("named", [True, False], ids=["by an option", "by the configuration"])
def test_a_login_in_a_channel_that_is_named_opens_it(
    cold_wisp: CommandLine, tmp_path: Path, guarded: Web, line: str, named: bool
) -> None:
    address = opened(f"{guarded.url}/c")
    if not named:
        cold_wisp("config", "set", "-g", "default-channels", f'["{address}"]', cwd=tmp_path)
    words = line.format(f"-c {address}" if named else "").split()
    done = cold_wisp(*words, cwd=tmp_path).success()
    assert SECRET not in done.stdout + done.stderr
    assert {asked.authorization for asked in guarded.asked} == {LOGIN}


def test_a_login_in_a_channel_is_for_no_other_port_of_its_host(
    cold_wisp: CommandLine, tmp_path: Path, guarded: Web, neighbour: Web
) -> None:
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{opened(guarded.url)}/c", "{neighbour.url}/c"]\n'
        'platforms = ["linux-64"]\n[dependencies]\ngood = "*"\nother = "*"\n'
    )
    cold_wisp("install", cwd=tmp_path).success()
    assert (tmp_path / ".pixi/envs/default/share/good.txt").is_file()
    assert (tmp_path / ".pixi/envs/default/share/other.txt").is_file()
    assert {asked.authorization for asked in guarded.asked} == {LOGIN}
    assert {asked.authorization for asked in neighbour.asked} == {None}
    assert "/c/notices.json" in {asked.path for asked in guarded.asked}


@pytest.fixture
def repositories(tmp_path: Path) -> Iterator[Web]:
    """Two repositories `one` and `two` with a project each, each with a password of its own."""
    logins = {}
    for name in ("one", "two"):
        made = tmp_path / "made" / name
        made.mkdir(parents=True)
        (made / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1.0"\n')
        for words in (("init",), ("add", "."), ("commit", "-m", "x")):
            git(made, *words)
        bare = tmp_path / "bare" / f"{name}.git"
        git(tmp_path, "clone", "--bare", str(made), str(bare))
        git(bare, "update-server-info")
        logins[name] = authorization(BasicHTTP("me", f"{SECRET}-{name}"))

    def answer(asked: Asked) -> Answer:
        if asked.authorization != logins[asked.path.strip("/").partition(".git")[0]]:
            return Answer(401, {"WWW-Authenticate": 'Basic realm="x"'})
        file = tmp_path / "bare" / asked.path.lstrip("/")
        return Answer(body=file.read_bytes()) if file.is_file() else Answer(404)

    with Web(answer) as web:
        yield web


def test_a_password_of_a_repository_is_in_no_words_of_git(
    wisp: CommandLine, tmp_path: Path, forge: Forge, repositories: Web
) -> None:
    programs, words = tmp_path / "bin", tmp_path / "words"
    programs.mkdir()
    real = shutil.which("git") or "git"
    watching = programs / "git"
    watching.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >>{shlex.quote(str(words))}\nexec {real} "$@"\n'
    )
    watching.chmod(0o755)
    rows = "".join(
        f'{name} = {{ git = "{repositories.url.replace("://", f"://me:{SECRET}-{name}@")}'
        f'/{name}.git" }}\n'
        for name in ("one", "two")
    )
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        f'[dependencies]\npython = "*"\n[pypi-dependencies]\n{rows}'
    )
    path = f"{programs}:{wisp.home.variables['PATH']}"
    done = wisp("lock", "-vvv", cwd=tmp_path, env={"PATH": path}).success()
    assert f"{repositories.url}/two.git" in words.read_text()
    assert SECRET not in words.read_text()
    assert SECRET not in done.stdout + done.stderr + (tmp_path / "pixi.lock").read_text()
    assert "two.git" in (tmp_path / "pixi.lock").read_text()


#: What a store may hold in place of a credential, or as one.
ODD = {
    "no kind": SECRET,
    "an unknown kind": {SECRET: 1},
    "a token with a slash": {"CondaToken": f"a/{SECRET}1"},
    "a token with a blank": {"CondaToken": f"a {SECRET}1"},
}


@pytest.mark.parametrize("odd", ODD)
def test_no_secret_of_an_odd_store_is_told(
    cold_wisp: CommandLine, tmp_path: Path, guarded: Web, odd: str
) -> None:
    store = cold_wisp.home.path / ".rattler" / "credentials.json"
    store.parent.mkdir()
    store.write_text(json.dumps({"127.0.0.1": ODD[odd]}))
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{guarded.url}/c"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\ngood = "*"\n'
    )
    for words in (("lock", "-vvv"), ("doctor",), ("auth", "status")):
        done = cold_wisp(*words, cwd=tmp_path)
        assert SECRET not in done.stdout + done.stderr, words
    assert cold_wisp("lock", cwd=tmp_path).code == 1


def test_a_provider_that_quotes_a_secret_is_not_repeated(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    with Provider(refuses="no device-secret of mine") as provider:
        words = ("auth", "login", "127.0.0.1", "--oauth", "--oauth-issuer-url", provider.url)
        done = cold_wisp(*words, cwd=tmp_path)
    assert done.code == 1
    assert "no *** of mine" in done.stderr


def test_an_address_without_its_scheme_is_sent_to_nobody(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    with Web(lambda _: Answer(404)) as web:
        env = {"http_proxy": web.url, "https_proxy": web.url}
        for address in (f"me:{SECRET}@h.invalid/c", f"me:12 {SECRET}@h.invalid/c"):
            done = cold_wisp("search", "good", "-c", address, cwd=tmp_path, env=env)
            assert done.code == 1
            assert "an address begins with `https://`" in done.stderr
            assert SECRET not in done.stdout + done.stderr
    assert web.asked == []


@pytest.mark.parametrize("password", [f"1234 {SECRET}", f"ab/{SECRET}"], ids=["blank", "slash"])
def test_a_password_of_a_proxy_that_can_be_none_is_not_told(
    cold_wisp: CommandLine, tmp_path: Path, password: str
) -> None:
    env = {"http_proxy": f"me:{password}@proxy.invalid:3128"}
    done = cold_wisp("search", "good", "-c", "http://127.0.0.1:1/c", cwd=tmp_path, env=env)
    assert "`***@proxy.invalid:3128`" in done.stderr
    assert SECRET not in done.stderr


@pytest.mark.parametrize("place", ["/files/", "/simple/six/"])
def test_a_login_in_an_index_opens_its_files_too(
    cold_wisp: CommandLine, tmp_path: Path, forge: Forge, place: str
) -> None:
    wheel = next((forge.simple / "six").glob("*.whl"))

    def answer(asked: Asked) -> Answer:
        if asked.authorization != LOGIN:
            return Answer(401, {"WWW-Authenticate": 'Basic realm="x"'})
        if asked.path == "/simple/six/":
            page = f'<a href="{place}{wheel.name}">{wheel.name}</a>'
            return Answer(headers={"Content-Type": "text/html"}, body=page.encode())
        is_wheel = asked.path == f"{place}{wheel.name}"
        return Answer(body=wheel.read_bytes()) if is_wheel else Answer(404)

    with Web(answer) as web:
        (tmp_path / "pixi.toml").write_text(
            f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
            f'[dependencies]\npython = "*"\n[pypi-dependencies]\nsix = "*"\n'
            f'[pypi-options]\nindex-url = "{opened(web.url)}/simple"\n'
        )
        done = cold_wisp("install", "-vvv", cwd=tmp_path).success()
    assert SECRET not in done.stdout + done.stderr + (tmp_path / "pixi.lock").read_text()


def test_two_channels_of_one_host_have_a_login_each(cold_wisp: CommandLine, tmp_path: Path) -> None:
    made = {name: channel(tmp_path / "made" / name, [tiny(name)]) for name in ("one", "two")}

    def answer(asked: Asked) -> Answer:
        name = asked.path.split("/")[1]
        if asked.authorization != authorization(BasicHTTP("me", f"{SECRET}-{name}")):
            return Answer(401, {"WWW-Authenticate": 'Basic realm="x"'})
        file = made[name].parent / asked.path.lstrip("/")
        return Answer(body=file.read_bytes()) if file.is_file() else Answer(404)

    with Web(answer) as web:
        rows = [f"{web.url.replace('://', f'://me:{SECRET}-{name}@')}/{name}" for name in made]
        (tmp_path / "pixi.toml").write_text(
            f'[workspace]\nchannels = {json.dumps(rows)}\nplatforms = ["linux-64"]\n'
            '[dependencies]\none = "*"\ntwo = "*"\n'
        )
        cold_wisp("install", cwd=tmp_path).success()
