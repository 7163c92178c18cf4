"""The same with the registry that Debian ships, where it is installed."""

from __future__ import annotations

import io
import json
import shutil
import socket
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.registry import PASSWORD, USER, digest_of
from tests.sandbox import CommandLine
from tools.forge.build import Forge
from wisp.engine.auth.stores import Credentials
from wisp.engine.http import HttpClient
from wisp.engine.registry.blobs import fetch_blob
from wisp.engine.registry.credentials import RegistryLogin, RegistryLogins
from wisp.engine.registry.faults import RegistryError
from wisp.engine.registry.manifests import fetch_manifest, push_manifest
from wisp.engine.registry.session import RegistrySession
from wisp.engine.registry.uploads import put_blob
from wisp.specs.oci import CONFIG, LAYER, MANIFEST, Descriptor, Digest
from wisp.specs.settings import Network

PROGRAM = shutil.which("docker-registry")
CONFIGURATION = """
version: 0.1
log: {{ level: error, accesslog: {{ disabled: true }} }}
storage: {{ filesystem: {{ rootdirectory: {folder}/data }}, delete: {{ enabled: true }} }}
http: {{ addr: "127.0.0.1:{port}" }}
{auth}
"""
#: A user `me`, and the password `sw0rdfish` as the registry keeps it.
HTPASSWD = "me:$2b$05$abcdefghijklmnopqrstuuluTiZL3ttNEbQrZeQdXc3T4K9pRyGZ2\n"
GUARD = "auth: {{ htpasswd: {{ realm: here, path: {file} }} }}"

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Debian's docker-registry is not installed")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    with served(tmp_path) as address:
        yield address


@contextmanager
def served(tmp_path: Path, auth: str = "") -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    config = tmp_path / "config.yml"
    config.write_text(CONFIGURATION.format(folder=tmp_path, port=port, auth=auth))
    assert PROGRAM is not None
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([PROGRAM, "serve", str(config)], stdout=log, stderr=log)
    try:
        for _ in range(200):
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def described(content: bytes, kind: str) -> Descriptor:
    return Descriptor(media_type=kind, digest=Digest(digest_of(content)), size=len(content))


@pytest.mark.parametrize("chunk", [10_000_000, 300_000])
def test_an_image_goes_there_and_comes_back(registry: str, tmp_path: Path, chunk: int) -> None:
    session = RegistrySession(HttpClient(Network(), {}), registry)
    layer, config = bytes(range(256)) * 4000, b'{"architecture":"amd64","os":"linux","rootfs":{}}'
    blobs = ((described(config, CONFIG), config), (described(layer, LAYER), layer))
    ways = [
        put_blob(session, "a/b", blob, partial(io.BytesIO, content), chunk=chunk)
        for blob, content in blobs
    ]
    assert ways == ["uploaded", "uploaded"]
    manifest = (
        b'{"schemaVersion":2,"mediaType":"%b","config":%b,"layers":[%b]}'
        % (MANIFEST.encode(), *(as_json(blob) for blob, _ in blobs))
    )  # fmt: skip
    digest = push_manifest(session, "a/b", "latest", manifest, MANIFEST)
    for identifier in ("latest", digest):
        found = fetch_manifest(session, "a/b", identifier)
        assert (found.content, found.digest, found.is_index) == (manifest, digest, False)
    fetch_blob(session, "a/b", blobs[1][0], tmp_path / "layer")
    assert (tmp_path / "layer").read_bytes() == layer
    other = put_blob(session, "c/d", blobs[1][0], lambda: io.BytesIO(layer), source="a/b")
    assert other == "mounted"


@pytest.mark.parametrize("store", ["login", "netrc", "docker"])
def test_it_opens_to_who_has_signed_in(wisp: CommandLine, tmp_path: Path, store: str) -> None:
    (tmp_path / "users").write_text(HTPASSWD)
    environ = {"HOME": str(tmp_path)}
    with served(tmp_path, GUARD.format(file=tmp_path / "users")) as registry:
        with pytest.raises(RegistryError) as failure:
            fetch_manifest(session_of(registry, environ), "a/b", "latest")
        assert failure.value.status == 401
        if store == "login":
            words = ("login", registry, "--username", "me", "--password", "-")
            wisp("auth", *words, cwd=tmp_path, env=environ, stdin="sw0rdfish\n").success()
        elif store == "netrc":
            (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password sw0rdfish\n")
            (tmp_path / ".netrc").chmod(0o600)
        else:
            (tmp_path / ".docker").mkdir()
            entry = {"auths": {registry: {"auth": b64encode(b"me:sw0rdfish").decode()}}}
            (tmp_path / ".docker/config.json").write_text(json.dumps(entry))
        status = wisp("auth", "status", registry, cwd=tmp_path, env=environ).success()
        assert "user and password" in status.stdout
        session = session_of(registry, environ)
        blob = described(b"this", LAYER)
        assert put_blob(session, "a/b", blob, lambda: io.BytesIO(b"this")) == "uploaded"
        fetch_blob(session, "a/b", blob, tmp_path / "layer")


def test_an_image_is_pushed_and_taken_for_a_base_after_the_login(
    wisp: CommandLine, forge: Forge, tmp_path: Path
) -> None:
    users = tmp_path / "htpasswd"
    users.write_text(HTPASSWD)
    for name in ("lower", "upper"):
        wisp("init", name, "-c", forge.url, "-p", "linux-64", cwd=tmp_path).success()
    lower, upper = tmp_path / "lower", tmp_path / "upper"
    wisp("add", "--no-install", "greeter", cwd=lower).success()
    libc = lower / "base" / "lib" / "libc.so.6"
    libc.parent.mkdir(parents=True)
    libc.write_text("GNU C Library stable release version 2.36.\n")
    with served(tmp_path, GUARD.format(file=users)) as registry:
        first, second = f"{registry}/me/lower:1", f"{registry}/me/upper:1"
        push = ("image", "build", "--base", "base", "--push", first)
        refused = wisp(*push, cwd=lower)
        assert (refused.code, "wisp auth login" in refused.stderr) == (1, True)
        words = ("auth", "login", registry, "--username", "me", "--password", "-")
        wisp(*words, cwd=tmp_path, stdin="sw0rdfish\n").success()
        wisp(*push, cwd=lower).success()
        above = ("image", "build", "--base", first, "--json")
        made = json.loads(wisp(*above, "--push", second, cwd=upper).success().stdout)
        assert made["pushed"][0]["mounted"] > 0
        wisp("auth", "logout", registry, cwd=tmp_path).success()
        out = wisp(*above, "--push", f"{registry}/me/other:1", cwd=upper)
        assert (out.code, "wisp auth login" in out.stderr) == (1, True)
        assert "sw0rdfish" not in refused.stderr + out.stderr


def session_of(registry: str, environ: dict[str, str]) -> RegistrySession:
    logins = RegistryLogins(environ, Credentials.of(Network(), environ))
    return RegistrySession(HttpClient(Network(), {}), registry, login=logins.of(registry, "a/b"))


def test_its_refusals_are_told(registry: str) -> None:
    session = RegistrySession(
        HttpClient(Network(), {}), registry, login=RegistryLogin(USER, PASSWORD)
    )
    with pytest.raises(RegistryError) as failure:
        fetch_manifest(session, "not/there", "latest")
    assert failure.value.status == 404
    wrong = Descriptor(media_type=LAYER, digest=Digest(digest_of(b"other")), size=4)
    with pytest.raises(RegistryError) as failure:
        put_blob(session, "a/b", wrong, lambda: io.BytesIO(b"this"))
    assert failure.value.codes == ("DIGEST_INVALID",)


def as_json(blob: Descriptor) -> bytes:
    text = f'{{"mediaType":"{blob.media_type}","digest":"{blob.digest}","size":{blob.size}}}'
    return text.encode()
