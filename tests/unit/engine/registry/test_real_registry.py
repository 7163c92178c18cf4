"""The same with the registry that Debian ships, where it is installed."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.registry import PASSWORD, USER, digest_of
from wisp.engine.http import HttpClient
from wisp.engine.registry.blobs import fetch_blob
from wisp.engine.registry.credentials import RegistryLogin
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
"""

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Debian's docker-registry is not installed")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    config = tmp_path / "config.yml"
    config.write_text(CONFIGURATION.format(folder=tmp_path, port=port))
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
