"""Debian's container registry, running on this machine for as long as something needs it."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serve_registry(scratch: Path) -> Iterator[str]:
    """Serve an empty registry that keeps its blobs in `scratch`; gives its host and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    config = scratch / "registry.yml"
    config.write_text(
        "version: 0.1\nlog: { level: error }\n"
        f"storage: {{ filesystem: {{ rootdirectory: {scratch / 'registry'} }} }}\n"
        f"http: {{ addr: '{address}' }}\n"
    )
    process = subprocess.Popen(
        ["docker-registry", "serve", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://{address}/v2/")
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str) -> None:
    """Wait until an address answers, for half a minute. Raises `TimeoutError`."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")
