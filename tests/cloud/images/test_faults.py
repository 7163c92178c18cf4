"""What goes wrong on the way to a registry, and on disks: never a broken image under a name."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cloud.images.faulty import Fault, FaultyProxy, at_random, never
from tests.cloud.needs import need, need_root
from tests.sandbox import CommandLine, Result, make_home
from tools.cloud.registry import serve_registry
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.slow

ACCEPT = "application/vnd.oci.image.manifest.v1+json"
#: Bytes of the code's layer, which cannot be packed to less.
BULK = 3 << 20


@dataclass
class Pushed:
    """A workspace whose image has some megabytes, and the registry that it is pushed to."""

    folder: Path
    base: Path
    wisp: CommandLine
    registry: str

    def words(self, host: str, *more: str) -> tuple[str, ...]:
        tag = ("--tag", f"{host}/team/app:1")
        return ("image", "build", "--base", str(self.base), "--push", *tag, "--json", *more)

    def push(self, host: str, *more: str) -> Result:
        return self.wisp(*self.words(host, *more), cwd=self.folder, timeout=300)

    def change(self, seed: int) -> None:
        (self.folder / "bulk.bin").write_bytes(random.Random(seed).randbytes(BULK))

    def published(self) -> str | None:
        """Return the digest of what the name stands for, all of whose parts are there and right."""
        return whole_image(self.registry, "team/app", "1")


def fetched(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": ACCEPT})
    with urllib.request.urlopen(request, timeout=60) as answer:
        content: bytes = answer.read()
    return content


def whole_image(registry: str, name: str, tag: str) -> str | None:
    """Read an image part by part; None if there is no such name."""
    try:
        content = fetched(f"http://{registry}/v2/{name}/manifests/{tag}")
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return None
    manifest = json.loads(content)
    for row in (manifest["config"], *manifest["layers"]):
        blob = fetched(f"http://{registry}/v2/{name}/blobs/{row['digest']}")
        assert f"sha256:{hashlib.sha256(blob).hexdigest()}" == row["digest"]
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.fixture
def pushed(forge: Forge, tmp_path: Path) -> Iterator[Pushed]:
    need("docker-registry")
    wisp = CommandLine(make_home(tmp_path / "home", tmp_path / "cache"))
    folder = tmp_path / "ws"
    wisp("init", str(folder), "-c", forge.url, "-p", "linux-64", cwd=tmp_path).success()
    wisp("add", "--no-install", "greeter", cwd=folder).success()
    base = tmp_path / "base"
    (base / "lib").mkdir(parents=True)
    (base / "lib" / "libc.so.6").write_text("GNU C Library stable release version 2.36.\n")
    with serve_registry(tmp_path) as registry:
        made = Pushed(folder, base, wisp, registry)
        made.change(0)
        yield made


def told(result: Result) -> None:
    """See that a command that failed has told so in the usual way."""
    assert result.code == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert "×" in result.stderr or "Error" in result.stderr


def test_a_line_that_breaks_anywhere_leaves_the_old_image_or_the_new_one(pushed: Pushed) -> None:
    old = json.loads(pushed.push(pushed.registry).success().stdout)["digest"]
    assert pushed.published() == old
    pushed.change(1)
    with FaultyProxy(pushed.registry, at_random(5, 0.4)) as proxy:
        for _ in range(40):
            result = pushed.push(proxy.address)
            now = pushed.published()
            if result.code == 0:
                break
            told(result)
            assert now == old
            if len(proxy.asked) > 400:
                proxy.script = never
        new = json.loads(result.success().stdout)["digest"]
        assert pushed.published() == new != old
        proxy.script = never
        again = json.loads(pushed.push(proxy.address).success().stdout)
    assert again["pushed"][0]["uploaded"] == 0


@pytest.mark.parametrize("status", [401, 403, 429, 500])
@pytest.mark.parametrize("where", ["blobs", "manifests"])
def test_a_refusal_is_told_and_nothing_is_published(
    pushed: Pushed, status: int, where: str
) -> None:
    def script(method: str, path: str) -> Fault | None:
        refused = method not in ("GET", "HEAD") and f"/{where}/" in path
        return Fault(status, {"Retry-After": "0"}) if refused else None

    with FaultyProxy(pushed.registry, script) as proxy:
        result = pushed.push(proxy.address)
        told(result)
        assert f"status {status}" in result.stderr
        assert "could not put" in result.stderr
        assert pushed.published() is None
        proxy.script = never
        before = len(proxy.asked)
        made = json.loads(pushed.push(proxy.address).success().stdout)
        assert pushed.published() == made["digest"]
        if where == "manifests":  # all blobs had come
            assert made["pushed"][0]["uploaded"] == 0
            assert not [row for row in proxy.asked[before:] if row[0] in ("POST", "PATCH")]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_waited_for(pushed: Pushed, status: int) -> None:
    seen: set[tuple[str, str]] = set()

    def script(method: str, path: str) -> Fault | None:
        """Refuse each kind of request once."""
        key = (method, path.rpartition("/")[0])
        if key in seen:
            return None
        seen.add(key)
        return Fault(status, {"Retry-After": "0"})

    with FaultyProxy(pushed.registry, script) as proxy:
        made = json.loads(pushed.push(proxy.address).success().stdout)
    assert pushed.published() == made["digest"]


def test_a_slow_registry_is_waited_for(pushed: Pushed) -> None:
    with FaultyProxy(pushed.registry, pause=0.02) as proxy:
        made = json.loads(pushed.push(proxy.address).success().stdout)
        assert proxy.passed > BULK
    assert pushed.published() == made["digest"]


def test_a_base_comes_over_a_line_that_breaks(pushed: Pushed, tmp_path: Path) -> None:
    made = json.loads(pushed.push(pushed.registry).success().stdout)
    pulling = CommandLine(make_home(tmp_path / "other", tmp_path / "other-cache"))
    with FaultyProxy(pushed.registry, at_random(11, 0.3)) as proxy:
        words = ("image", "build", "--base", f"{proxy.address}/team/app:1", "--no-code")
        for _ in range(40):
            output = tmp_path / "upon"
            result = pulling(*words, "--output", str(output), "--json", cwd=pushed.folder)
            if result.code == 0:
                break
            told(result)
            assert not output.exists()
            if len(proxy.asked) > 400:
                proxy.script = never
    layers = json.loads(result.success().stdout)["images"][0]["layers"]
    below = [row["digest"] for row in made["images"][0]["layers"]]
    assert [row["digest"] for row in layers[: len(below)]] == below


def digest_of(pushed: Pushed, folder: Path) -> str:
    """Return the digest that the image of the workspace has now."""
    digest: str = json.loads(build(pushed, pushed.wisp, folder / "x.tar").success().stdout)[
        "digest"
    ]
    return digest


def test_a_push_killed_at_any_moment_leaves_the_old_image_or_the_new_one(
    pushed: Pushed, tmp_path: Path
) -> None:
    moments = random.Random(3)
    old = json.loads(pushed.push(pushed.registry).success().stdout)["digest"]
    with FaultyProxy(pushed.registry) as proxy:
        killed = 0
        for seed in range(1, 21):
            pushed.change(seed)
            moment = proxy.passed + moments.randrange(BULK + 20_000)
            process = pushed.wisp.start(*pushed.words(proxy.address), cwd=pushed.folder, group=True)

            def kill(passed: int, at: int = moment, pid: int = process.pid) -> None:
                if passed >= at:
                    with_group(pid)

            proxy.watch = kill
            process.communicate(timeout=300)
            proxy.watch = lambda _count: None
            killed += process.returncode == -signal.SIGKILL
            now = pushed.published()
            if now != old:  # the name was put just before the end
                assert now == digest_of(pushed, tmp_path)
            old = now
        assert killed >= 10
        made = json.loads(pushed.push(proxy.address).success().stdout)
    assert pushed.published() == made["digest"]


def with_group(pid: int) -> None:
    """Kill a process and its children, if they are still there."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Mount a file system of a few megabytes, where this process may."""
    need_root()
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"may not mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


def grow(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=200m", str(folder)], check=True)


def build(pushed: Pushed, wisp: CommandLine, output: Path) -> Result:
    words = ("image", "build", "--base", str(pushed.base), "--output", str(output), "--json")
    return wisp(*words, cwd=pushed.folder, timeout=300)


@pytest.mark.parametrize("place", ["cache", "output"])
def test_a_full_disk_ends_a_build_and_the_next_one_goes_on(
    pushed: Pushed, tmp_path: Path, place: str
) -> None:
    right = json.loads(build(pushed, pushed.wisp, tmp_path / "right.tar").success().stdout)
    full = tmp_path / "full"
    with small_disk(full, "2m"):
        where = full / "cache" if place == "cache" else tmp_path / "other-cache"
        wisp = CommandLine(make_home(tmp_path / "other", where))
        output = full / "x.tar" if place == "output" else tmp_path / "x.tar"
        result = build(pushed, wisp, output)
        told(result)
        assert "No space left on device" in result.stderr
        assert not output.exists()
        assert not [path for path in full.rglob("*") if path.is_file() and ".tar" in path.name]
        grow(full)
        again = json.loads(build(pushed, wisp, output).success().stdout)
        assert again["digest"] == right["digest"]
        assert output.read_bytes() == (tmp_path / "right.tar").read_bytes()


def test_a_registry_whose_disk_is_full_gets_no_name(pushed: Pushed, tmp_path: Path) -> None:
    place = tmp_path / "small"
    with small_disk(place, "1m"), serve_registry(place) as registry:
        result = pushed.push(registry)
        told(result)
        assert whole_image(registry, "team/app", "1") is None
        grow(place)
        made = json.loads(pushed.push(registry).success().stdout)
        assert whole_image(registry, "team/app", "1") == made["digest"]


def layers_text(registry: Path) -> Iterator[bytes]:
    """Give all that a registry has, layers unpacked."""
    for path in registry.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def test_no_secret_is_in_a_layer_a_log_or_an_error(
    pushed: Pushed, forge: Forge, tmp_path: Path
) -> None:
    env: dict[str, str] = {
        "APP_TOKEN": "7canary7-environment",
        "HTTP_PASSWORD": "7canary7-variable",
    }
    docker = tmp_path / "docker"
    docker.mkdir()
    user, password = "somebody", "7canary7-registry"
    seen: list[str] = []
    with (
        Server(forge.folder) as server,
        FaultyProxy(pushed.registry, login=(user, password)) as proxy,
    ):
        auth = {"auths": {proxy.address: {"username": user, "password": password}}}
        (docker / "config.json").write_text(json.dumps(auth))
        env["DOCKER_CONFIG"] = str(docker)
        manifest = pushed.folder / "pixi.toml"
        channel = server.url.replace("://", "://me:7canary7-channel@")
        index = server.url.replace("://", "://me:7canary7-index@")
        text = manifest.read_text().replace(forge.url, f"{channel}/main")
        manifest.write_text(text + f'\n[pypi-options]\nindex-url = "{index}/simple"\n')
        (pushed.folder / ".env").write_text("TOKEN=7canary7-file\n")

        def run(*words: str, cwd: Path = pushed.folder) -> Result:
            result = pushed.wisp(*words, cwd=cwd, env=env, timeout=300)
            seen.extend((result.stdout, result.stderr))
            return result

        run("add", "--no-install", f"python={forge.minor}").success()
        run("add", "--no-install", "--pypi", "rich").success()
        words = pushed.words(proxy.address, "-vvv")
        proxy.script = lambda method, _path: Fault(403) if method == "POST" else None
        assert run(*words).code == 1
        proxy.script = lambda method, _path: Fault(500) if method == "PUT" else None
        assert run(*words).code == 1
        proxy.script = never
        assert run(*words, "--output", str(tmp_path / "layout")).code == 0
        proxy.login = (user, "another")
        assert run(*pushed.words(proxy.address, "-vvv")).code == 1
    kept = [tmp_path / "registry", tmp_path / "layout", tmp_path / "cache" / "wisp-images"]
    texts = [*map(str.encode, seen), *(text for one in kept for text in layers_text(one))]
    assert len(texts) > 20
    found = {text[at : at + 40] for text in texts if (at := text.find(b"7canary7")) >= 0}
    assert found == set()
