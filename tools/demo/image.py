"""`make image`: from the demo's lock to a container that answers, in one command.

The workspace is CPython and numpy from the forge's channel, a package of the package index, and a
small server of its own. `wisp image build` makes an archive of it; where Docker or podman runs,
a container is started and asked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.demo.__main__ import WISP, DemoError
from tools.forge.build import DEFAULT_CACHE, Forge, build
from tools.forge.layouts import ForgeError

NAME = "wisp-demo:latest"
PORT = 8417
SERVER = f"""\
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

import numpy


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        text = f"the sum is {{numpy.arange(6).sum()}}, says click {{version('click')}}\\n"
        self.wfile.write(text.encode())


HTTPServer(("", {PORT}), Answer).serve_forever()
"""
#: What the forge's CPython, made for this machine, takes from the system.
SETTINGS = f"""
[tool.wisp.image]
task = "serve"
ports = [{PORT}]
tags = ["{NAME}"]
debian-packages = ["libffi8", "libbz2-1.0", "liblzma5", "libcrypt1"]
"""


def main() -> int:
    """Make the workspace and its image in a scratch folder; say what each step took."""
    try:
        with tempfile.TemporaryDirectory(prefix="wisp-image-demo-") as scratch:
            _play(Path(scratch).resolve())
    except (DemoError, ForgeError) as error:
        print(f"\nthe demo failed: {error}", file=sys.stderr)
        return 1
    return 0


def _play(scratch: Path) -> None:
    forge = build(Path(os.environ.get("FORGE_CACHE", DEFAULT_CACHE)))
    workspace = scratch / "answer"
    _workspace(workspace, forge)
    start = time.monotonic()
    _run(workspace, "image", "build", "--output", "answer.tar")
    first = time.monotonic() - start
    size = (workspace / "answer.tar").stat().st_size
    server = workspace / "server.py"
    server.write_text(SERVER.replace("the sum", "now the sum"))
    start = time.monotonic()
    _run(workspace, "image", "build", "--output", "answer.tar")
    again = time.monotonic() - start
    print(f"\n  first build {first:.1f} s, after a change of code {again:.1f} s, {size >> 20} MB")
    _ask(workspace / "answer.tar")


def _workspace(folder: Path, forge: Forge) -> None:
    platform = ("--platform", forge.subdir)
    folder.mkdir()
    _run(folder, "init", ".", "--channel", forge.url, *platform)
    _run(folder, "add", "--no-install", f"python={forge.minor}", "numpy>=1.26")
    _run(folder, "add", "--no-install", "--pypi", "click>=8.1")
    _run(folder, "task", "add", "serve", "python server.py")
    (folder / "server.py").write_text(SERVER)
    manifest = folder / "pixi.toml"
    manifest.write_text(manifest.read_text() + SETTINGS)


def _run(folder: Path, *words: str) -> None:
    print(f"$ wisp {' '.join(words)}", flush=True)
    if subprocess.run([WISP, *words], cwd=folder, check=False).returncode:
        raise DemoError(f"`wisp {' '.join(words)}` failed")


def _ask(archive: Path) -> None:
    """Start a container of the image where an engine runs, and print what it answers."""
    engines = [name for name in ("docker", "podman") if shutil.which(name)]
    running = [name for name in engines if not _quietly(name, "info").returncode]
    if not running:
        print("  no engine runs here, so nobody is asked: `docker load -i` takes the archive")
        return
    engine = running[0]
    loaded = _quietly(engine, "load", "--input", str(archive))
    if loaded.returncode:
        raise DemoError(f"{engine} did not take the image: {loaded.stderr}")
    words = ("run", "--detach", "--rm", "--read-only", "--network", "host", NAME)
    container = _quietly(engine, *words).stdout.strip()
    try:
        print(f"  {engine} runs it, and it answers: {_answer()}", end="")
    finally:
        _quietly(engine, "rm", "--force", container)
        _quietly(engine, "rmi", "--force", NAME)


def _quietly(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False)


def _answer() -> str:
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=5) as response:
                text: str = response.read().decode()
                return text
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise DemoError("the container does not answer")


if __name__ == "__main__":
    sys.exit(main())
