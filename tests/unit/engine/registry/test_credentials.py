from __future__ import annotations

import base64
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wisp.engine.auth import kept
from wisp.engine.auth.file_store import FileStore
from wisp.engine.auth.kept import LARGEST
from wisp.engine.auth.stores import Credentials
from wisp.engine.files import refusal
from wisp.engine.registry.credentials import RegistryLogin, RegistryLogins
from wisp.rights import ways_to_read
from wisp.specs.credentials import BasicHTTP, BearerToken, CondaToken, CredentialError
from wisp.trust import found_bytes


def auth(user: str, password: str = "pw") -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def written(path: Path, **content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def user_of(login: RegistryLogin | None) -> str | None:
    return login.username if login else None


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}


def docker(environ: dict[str, str], **content: Any) -> RegistryLogins:
    written(Path(environ["HOME"]) / ".docker/config.json", **content)
    return RegistryLogins(environ)


def test_places_are_asked_in_their_order(tmp_path: Path, environ: dict[str, str]) -> None:
    places = {
        "run": ("XDG_RUNTIME_DIR", "containers/auth.json"),
        "config": ("XDG_CONFIG_HOME", "containers/auth.json"),
        "docker": ("DOCKER_CONFIG", "config.json"),
    }
    for name, (variable, file) in places.items():
        environ[variable] = str(tmp_path / name)
        written(tmp_path / name / file, auths={"h.io": auth(name), f"{name}.io": auth(name)})
    logins = RegistryLogins(environ)
    assert [user_of(logins.of(host)) for host in ("h.io", "config.io", "docker.io", "x.io")] == [
        "run", "config", "docker", None,
    ]  # fmt: skip
    named = written(tmp_path / "named.json", auths={"h.io": auth("named")})
    environ["REGISTRY_AUTH_FILE"] = str(named)
    assert user_of(RegistryLogins(environ).of("h.io")) == "named"
    assert RegistryLogins(environ).of("config.io") is None


def test_our_own_store_comes_first(tmp_path: Path, environ: dict[str, str]) -> None:
    store = FileStore(tmp_path / "c.json")
    store.store("h.io", BasicHTTP("own", "pw"))
    store.store("t.io", BearerToken("tok"))
    store.store("c.io", CondaToken("tok"))
    store.store("127.0.0.1:5000", BasicHTTP("local", "pw"))
    docker(environ, auths={"h.io": auth("docker"), "c.io": auth("docker")})
    logins = RegistryLogins(environ, Credentials([store]))
    assert user_of(logins.of("h.io")) == "own"
    token = logins.of("t.io")
    assert token is not None
    assert token.bearer_token == "tok"
    assert user_of(logins.of("c.io")) == "docker"
    assert user_of(logins.of("127.0.0.1:5000")) == "local"


@pytest.mark.parametrize(
    ("key", "registry", "repository"),
    [
        ("https://index.docker.io/v1/", "docker.io", "library/debian"),
        ("docker.io", "docker.io", ""),
        ("https://h.io/v2/", "h.io", "a"),
        ("http://h.io:5000", "h.io:5000", ""),
        ("h.io/owner", "h.io", "owner/name"),
    ],
)
def test_keys_are_spelled_in_many_ways(
    environ: dict[str, str], key: str, registry: str, repository: str
) -> None:
    assert user_of(docker(environ, auths={key: auth("u")}).of(registry, repository)) == "u"


def test_the_closest_entry_counts(environ: dict[str, str]) -> None:
    logins = docker(
        environ, auths={"h.io": auth("all"), "h.io/me": auth("me"), "h.io/m": auth("m")}
    )
    assert [user_of(logins.of("h.io", name)) for name in ("me/a/b", "you/a", "m")] == [
        "me", "all", "m",
    ]  # fmt: skip


@pytest.mark.parametrize("entry", [{}, {"auth": ""}, {"email": "x"}, None])
def test_an_empty_entry_is_none(environ: dict[str, str], entry: object) -> None:
    assert docker(environ, auths={"h.io": entry}).of("h.io") is None


def test_a_token_wins_over_a_password(environ: dict[str, str]) -> None:
    login = docker(environ, auths={"h.io": auth("u") | {"identitytoken": "id"}}).of("h.io")
    assert login is not None
    assert (login.identity_token, login.username) == ("id", "")
    assert "id" not in repr(login).replace("RegistryLogin", "").replace("source", "")


HELPER = """#!/bin/sh
read server
case "$1 $server" in
  "get h.io") echo '{"ServerURL": "h.io", "Username": "helped", "Secret": "pw"}';;
  "get t.io") echo '{"Username": "<token>", "Secret": "id"}';;
  "get https://index.docker.io/v1/") echo '{"Username": "hub", "Secret": "pw"}';;
  "get broken.io") echo 'nothing'; ;;
  "get fails.io") echo 'SECRET' >&2; exit 2;;
  *) echo 'credentials not found in native keychain'; exit 1;;
esac
"""


@pytest.fixture
def helper(tmp_path: Path) -> str:
    program = tmp_path / "bin" / "docker-credential-mine"
    program.parent.mkdir()
    program.write_text(HELPER)
    program.chmod(0o755)
    return "mine"


def test_helpers_are_asked(environ: dict[str, str], helper: str) -> None:
    logins = docker(environ, credsStore=helper, auths={"h.io": {}})
    assert user_of(logins.of("h.io")) == "helped"
    assert user_of(logins.of("docker.io", "library/debian")) == "hub"
    token = logins.of("t.io")
    assert token is not None
    assert token.identity_token == "id"
    assert logins.of("unknown.io") is None


def test_the_helper_of_a_registry_comes_before_its_entry(
    environ: dict[str, str], helper: str
) -> None:
    auths = {"h.io": auth("entry"), "o.io": auth("entry")}
    logins = docker(environ, credHelpers={"h.io": helper}, auths=auths)
    assert [user_of(logins.of(host)) for host in ("h.io", "o.io")] == ["helped", "entry"]


@pytest.mark.parametrize("registry", ["broken.io", "fails.io"])
def test_a_helper_that_fails_is_an_error(
    environ: dict[str, str], helper: str, registry: str
) -> None:
    with pytest.raises(CredentialError, match="docker-credential-mine") as failure:
        docker(environ, credsStore=helper).of(registry)
    assert "SECRET" not in str(failure.value)


@pytest.mark.parametrize("name", ["missing", "../evil", "a b", 1])
def test_a_helper_is_a_program_of_the_path(environ: dict[str, str], name: object) -> None:
    with pytest.raises(CredentialError):
        docker(environ, credsStore=name).of("h.io")


@pytest.mark.parametrize("text", ["{", "[]", '{"auths": []}', '{"auths": {"h.io": {"auth": "é"}}}'])
def test_a_damaged_file_is_told(environ: dict[str, str], text: str) -> None:
    path = Path(environ["HOME"]) / ".docker/config.json"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(CredentialError) as failure:
        RegistryLogins(environ).of("h.io")
    assert failure.value.place is not None
    assert failure.value.place.file == str(path)
    assert failure.value.place.line == (1 if text == "{" else 0)  # where no JSON is


@pytest.mark.parametrize("kind", ["pipe", "loop", "large", "another user's"])
def test_what_is_no_readable_file_is_told_and_the_next_is_asked(
    environ: dict[str, str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(environ["HOME"]) / ".config/containers/auth.json"
    path.parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "another user's":
        path.write_text("{}")
        monkeypatch.setattr(kept, "found_bytes", refusing(path))
    else:
        path.write_text(json.dumps({"auths": {"h.io": {"auth": "a" * LARGEST}}}))
    logins = docker(environ, auths={"h.io": auth("docker")})
    assert user_of(logins.of("h.io")) == "docker"
    assert logins.of("public.io") is None
    (fault,) = logins.faults
    assert f"could not read `{path}`" in fault.message
    assert fault.place is not None
    assert fault.place.file == str(path)


def refusing(closed: Path) -> Callable[[Path, int], bytes]:
    """What is not let read one file; root, as whom tests may run, always is."""

    def found(path: Path, limit: int) -> bytes:
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return found_bytes(path, limit)

    return found


def test_who_may_not_read_a_file_is_told_how_to(tmp_path: Path) -> None:
    (file := tmp_path / "config.json").touch()
    error = PermissionError(errno.EACCES, "Permission denied", str(file))
    assert refusal("read", file, error).hints == ways_to_read(file, error)


def test_a_folder_that_a_mount_has_left_holds_no_logins(environ: dict[str, str]) -> None:
    (Path(environ["HOME"]) / ".docker/config.json").mkdir(parents=True)
    assert RegistryLogins(environ).of("h.io") is None
