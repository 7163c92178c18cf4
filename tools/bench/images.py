"""`python -m tools.bench.images`: an image made by wisp against Docker's, of one workspace.

Both stand on the same Debian, in a registry on this machine, and hold CPython, numpy, a package of
the package index and own code. Docker builds the Dockerfile that `wisp image dockerfile` writes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tools.bench.measure import BenchError
from tools.bench.world import WISP, World
from tools.cloud import debian
from tools.cloud.registry import serve_registry
from tools.forge.build import DEFAULT_CACHE, build
from tools.forge.layouts import ForgeError
from tools.forge.serve import Server

_PROGRAM = "import numpy, rich\nprint(numpy.arange(6).sum())\n"
_ACCEPT = (
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.oci.image.manifest.v1+json"
)
_MIB = 1 << 20
#: By compression: an engine that takes it, and what is left out where only running counts.
SMALL = {"gzip": ("docker", "all"), "zstd-max": ("podman", "safe,tests,debug")}
#: With what podman runs where limits cannot be raised.
_PODMAN = '[containers]\ndefault_ulimits = []\n[engine]\nruntime = "runc"\n'


class Contest:
    """A workspace, and both ways to make an image of it; images go to one registry."""

    def __init__(self, folder: Path, world: World, registry: str) -> None:
        self.folder = folder
        self.registry = registry
        self._environ = {**world.variables, "PATH": os.environ["PATH"]}
        self._base = f"{registry}/base:1"

    def run(self, *words: str) -> str:
        """Run wisp in the workspace and return what it printed."""
        done = subprocess.run(
            (WISP, *words),
            cwd=self.folder,
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"`wisp {' '.join(words)}` failed: {done.stderr}")
        return done.stdout

    def wisp(self, *words: str) -> dict[str, Any]:
        """Build with wisp and give Docker the image; return what it said of it."""
        command = ("image", "build", "--base", self._base, "--tag", f"{self.registry}/wisp:1")
        found: dict[str, Any] = json.loads(self.run(*command, "--json", *words))
        return found

    def smallest(self, slim: str, compression: str, name: str) -> int:
        """Push an image without what does not run; return the bytes above the base."""
        command = ("image", "build", "--base", self._base, "--push", self.reference(name), "--json")
        found = json.loads(self.run(*command, "--slim", slim, "--compression", compression))
        layers = found["images"][0]["layers"]
        return sum(int(row["size"]) for row in layers if row["kind"] != "base")

    def reference(self, name: str) -> str:
        """Return where an image is in the registry."""
        return f"{self.registry}/{name}:1"

    def says(self, engine: str, name: str) -> str:
        """Pull an image into an engine and return what its program says."""
        pull = ("pull", "--tls-verify=false") if engine == "podman" else ("pull",)
        debian.run(engine, *pull, self.reference(name))
        words = ("run", "--rm", "--network", "none", self.reference(name), "python", "app.py")
        return debian.run(engine, *words)

    def docker(self, *words: str) -> None:
        """Build with Docker."""
        name = f"{self.registry}/docker:1"
        command = ("docker", "build", "--network", "host", "--tag", name, *words)
        debian.run(*command, str(self.folder))

    def layers(self, name: str) -> dict[str, int]:
        """Return the blobs of an image in the registry, with their sizes in bytes."""
        request = urllib.request.Request(
            f"http://{self.registry}/v2/{name}/manifests/1", headers={"Accept": _ACCEPT}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            manifest = json.load(answer)
        return {row["digest"]: row["size"] for row in (*manifest["layers"], manifest["config"])}

    def change_code(self) -> None:
        """Write a module anew."""
        (self.folder / "mine.py").write_text(f"WHEN = {time.time()}\n")

    def change_package(self) -> None:
        """Take another version of a package."""
        self.run("add", "--no-install", "greeter")


def _seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _contest(world: World, registry: str, url: str) -> Contest:
    folder = world.scratch / "images"
    folder.mkdir()
    contest = Contest(folder, world, registry)
    contest.run("init", "-c", f"{url}/main", "-p", "linux-64")
    manifest = folder / "pixi.toml"
    manifest.write_text(manifest.read_text() + f'\n[pypi-options]\nindex-url = "{url}/simple"\n')
    (folder / "app.py").write_text(_PROGRAM)
    (folder / "mine.py").write_text("WHEN = 0\n")
    python = f"python={world.forge.minor}"
    contest.run("add", "--no-install", python, "numpy", "pytool", "activator")
    contest.run("add", "--no-install", "--pypi", "rich")
    images = ("--base", f"{registry}/base:1", "--builder", debian.BUILDER)
    contest.run("image", "dockerfile", *images)
    return contest


def measure(contest: Contest) -> Iterator[tuple[str, float, float, float, str]]:
    """Yield what is compared, wisp's value, Docker's, the greatest ratio allowed, the unit."""
    first = _seconds(lambda: contest.wisp("--load")), _seconds(contest.docker)
    yield "first build", *first, 1.0, "s"
    contest.wisp("--push")
    debian.run("docker", "push", f"{contest.registry}/docker:1")
    ours, theirs = contest.layers("wisp"), contest.layers("docker")
    base = contest.layers("base")
    sizes = [sum(size for name, size in one.items() if name not in base) for one in (ours, theirs)]
    yield "size without the base", sizes[0] / _MIB, sizes[1] / _MIB, 1.0, "MiB"
    yield from _smaller(contest, sizes[1])
    contest.change_code()
    yield "rebuild after a change of code", *_both(contest), 0.1, "s"
    pushed = contest.wisp("--push")["pushed"][0]["bytes"]
    debian.run("docker", "push", f"{contest.registry}/docker:1")
    fresh = contest.layers("docker")
    sent = sum(size for name, size in fresh.items() if name not in theirs)
    yield "pushed after it", pushed / 1024, sent / 1024, 1.0, "KiB"
    contest.change_package()
    yield "rebuild after another package", *_both(contest), 1.0, "s"


def _smaller(contest: Contest, theirs: int) -> Iterator[tuple[str, float, float, float, str]]:
    """Compare images that do the same, run by an engine that takes them."""
    expected = contest.says("docker", "docker")
    for compression, (engine, slim) in SMALL.items():
        name = f"small-{compression}"
        size = contest.smallest(slim, compression, name)
        said = contest.says(engine, name)
        if said != expected:
            raise BenchError(f"the slim image says {said!r} in {engine}, Docker's {expected!r}")
        yield f"{slim}, {compression}, by {engine}", size / _MIB, theirs / _MIB, 0.75, "MiB"


def _both(contest: Contest) -> tuple[float, float]:
    return _seconds(lambda: contest.wisp("--load")), _seconds(contest.docker)


def main() -> int:
    """Print a line per comparison; the exit code is 1 when one exceeds its limit."""
    cache = Path(os.environ.get("FORGE_CACHE", DEFAULT_CACHE))
    kept = True
    try:
        forge = build(cache)
        with tempfile.TemporaryDirectory(prefix="wisp-bench-") as scratch, ExitStack() as stack:
            world = World(Path(scratch).resolve(), forge, cache, stack)
            podman = world.scratch / "containers.conf"
            podman.write_text(_PODMAN)
            os.environ["CONTAINERS_CONF"] = str(podman)
            registry = stack.enter_context(serve_registry(world.scratch))
            server = stack.enter_context(Server(forge.folder))
            debian.builder_image()
            debian.run("docker", "tag", debian.BASE, f"{registry}/base:1")
            debian.run("docker", "push", f"{registry}/base:1")
            url = server.url.replace("localhost", "127.0.0.1")
            for what, ours, theirs, most, unit in measure(_contest(world, registry, url)):
                ratio = ours / theirs
                mark = "" if ratio <= most else "  EXCEEDED"
                kept = kept and not mark
                values = f"{ours:8.2f} / {theirs:8.2f} {unit}"
                print(f"{what:40} {values:26} {ratio:6.3f}, at most {most}{mark}", flush=True)
    except (BenchError, ForgeError, debian.MissingToolError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
