from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cloud.images.conftest import Demo, docker_runs, run
from tests.cloud.needs import need, need_containers, skip_if_forbidden, skip_if_unreachable
from tests.sandbox import CommandLine, make_home
from tools.forge.build import Forge

pytestmark = pytest.mark.slow

SAID = "numpy 15 rich 13.9.4 at /opt/conda own code\n"


@pytest.fixture(scope="module")
def loaded(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image, loaded into Docker Engine by its archive; the name it has there."""
    docker_runs()
    archive = tmp_path_factory.mktemp("archive") / "demo.tar"
    demo.build(archive)
    run("docker", "load", "--input", str(archive))
    yield "wisp-demo:test"
    run("docker", "rmi", "--force", "wisp-demo:test")


@contextmanager
def counted(place: Path) -> Iterator[list[int]]:
    """Listen at `place` for Docker's engine; gives how many bytes it was sent, piece by piece."""
    sent: list[int] = []

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as engine:
                engine.connect("/var/run/docker.sock")
                back = threading.Thread(target=self._pass_on, args=(engine, self.request, []))
                back.start()
                self._pass_on(self.request, engine, sent)
                back.join()

        @staticmethod
        def _pass_on(source: socket.socket, target: socket.socket, sizes: list[int]) -> None:
            with contextlib.suppress(OSError):
                while piece := source.recv(1 << 16):
                    sizes.append(len(piece))
                    target.sendall(piece)
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_WR)

    with socketserver.ThreadingUnixStreamServer(str(place), Line) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield sent
        server.shutdown()


def test_docker_runs_the_task_of_an_image(loaded: str) -> None:
    out = run("docker", "run", "--rm", "--network", "none", loaded)
    assert out == f"before\n{SAID}uid 1000 home True\n"


def test_docker_is_given_what_it_lacks_and_has_the_whole_image(demo: Demo, loaded: str) -> None:
    (demo.folder / "mine.py").write_text("WHO = 'changed code'\n")
    words = ("image", "build", "--load", "--tag", loaded, "--json")
    try:
        made = json.loads(demo.wisp(*words, cwd=demo.folder, timeout=600).success().stdout)
    finally:
        (demo.folder / "mine.py").write_text("WHO = 'own code'\n")
    found = run("docker", "image", "inspect", "--format", "{{.Id}}", loaded).strip()
    # With containerd's store an engine calls images by their manifests.
    assert found in (made["images"][0]["config"], made["digest"])
    assert "changed code" in run("docker", "run", "--rm", "--network", "none", loaded)
    demo.wisp(*words, cwd=demo.folder, timeout=600).success()


@pytest.mark.parametrize("asked", ["by its socket", "by its program"])
def test_docker_is_sent_only_layers_that_no_tag_of_the_name_has(
    demo: Demo, loaded: str, tmp_path: Path, asked: str
) -> None:
    place = tmp_path / "docker.sock"
    other = f"{loaded.partition(':')[0]}:{asked[-6:]}"
    words = ("image", "build", "--load", "--tag", other)
    env = {"DOCKER_HOST": f"unix://{place}"}
    if asked == "by its program":
        # The name of this context says only that one is set.
        env["DOCKER_CONTEXT"] = ""
    (demo.folder / "mine.py").write_text(f"WHO = 'changed, {asked}'\n")
    try:
        with counted(place) as sent:
            demo.wisp(*words, cwd=demo.folder, env=env, timeout=600).success()
        assert f"changed, {asked}" in run("docker", "run", "--rm", "--network", "none", other)
    finally:
        (demo.folder / "mine.py").write_text("WHO = 'own code'\n")
        run("docker", "rmi", "--force", other)
    assert 10_000 < sum(sent) < 100_000


def test_docker_runs_it_read_only_and_as_anybody(loaded: str) -> None:
    words = ("--read-only", "--tmpfs", "/tmp", "--user", "4242:4242", "--network", "none")
    out = run("docker", "run", "--rm", *words, loaded)
    assert out == f"before\n{SAID}uid 4242 home True\n"


def test_an_image_can_be_looked_into(loaded: str) -> None:
    script = (
        "pytool; id -un; echo $FORGE_ACTIVATED; bash --version | head -1; which ls; "
        "test ! -e /app/.env && test ! -e /app/pixi.lock && echo clean; "
        "python -c 'import ssl, sqlite3, lzma; found = ssl.create_default_context(); "
        'print(found.cert_store_stats()["x509_ca"] > 100)\''
    )
    out = run("docker", "run", "--rm", loaded, "sh", "-c", script).splitlines()
    assert out[1:3] == ["app", "yes from /opt/conda"]
    assert out[3].startswith("GNU bash")
    assert out[4:] == ["/usr/bin/ls", "clean", "True"]


def test_one_digest_in_any_folder_at_any_time_with_any_cache(
    demo: Demo, layout: tuple[Path, str], tmp_path: Path
) -> None:
    other = tmp_path / "another" / "folder"
    other.mkdir(parents=True)
    for name in ("pixi.toml", "pixi.lock", "image.lock", "app.py", "mine.py"):
        shutil.copyfile(demo.folder / name, other / name)
    for name in (".gitignore", ".gitattributes"):
        shutil.copyfile(demo.folder / name, other / name)
    cold = CommandLine(make_home(tmp_path / "home", tmp_path / "cache"))
    words = ("image", "build", "--output", str(tmp_path / "cold.tar"), "--json")
    first = json.loads(cold(*words, cwd=other, timeout=600).success().stdout)
    warm = demo.build(tmp_path / "warm.tar")
    assert first["digest"] == warm["digest"] == layout[1]
    assert (tmp_path / "cold.tar").read_bytes() == (tmp_path / "warm.tar").read_bytes()


def test_a_registry_takes_it_and_skopeo_pulls_the_same(
    layout: tuple[Path, str], registry: str, tmp_path: Path
) -> None:
    need("skopeo")
    name = f"docker://{registry}/demo:1"
    run("skopeo", "copy", "--dest-tls-verify=false", f"oci:{layout[0]}:test", name)
    found = json.loads(run("skopeo", "inspect", "--tls-verify=false", name))
    assert found["Digest"] == layout[1]
    run("skopeo", "copy", "--src-tls-verify=false", name, f"oci:{tmp_path / 'pulled'}:1")
    pulled = json.loads((tmp_path / "pulled" / "index.json").read_bytes())
    assert pulled["manifests"][0]["digest"] == layout[1]


def test_a_check_tries_every_module_and_library_of_an_image(demo: Demo, loaded: str) -> None:
    del loaded  # an engine runs
    words = ("image", "check", "--json")
    found = json.loads(demo.wisp(*words, cwd=demo.folder, timeout=600).success().stdout)
    assert found["sound"]
    assert found["tried"] > 50
    assert found["broken"] == {}
    # The forge's CPython asks for libraries that this image has not got.
    assert any("readline" in name for name in found["failing"])


def test_a_check_without_python_says_what_brings_it(forge: Forge, tmp_path: Path) -> None:
    docker_runs()
    wisp = CommandLine(make_home(tmp_path / "home", tmp_path / "cache"))
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        '[dependencies]\ngreeter = "*"\n'
    )
    failed = wisp("image", "check", cwd=tmp_path, timeout=600)
    assert failed.code == 1
    assert "the image has no Python that can be asked" in failed.stderr
    assert "`wisp add python` brings one" in failed.stderr
    wisp("add", "--no-install", "python", cwd=tmp_path).success()
    assert "has no Python" not in wisp("image", "check", cwd=tmp_path, timeout=600).stderr


@pytest.fixture
def bundle(layout: tuple[Path, str], tmp_path: Path) -> Path:
    """The image, unpacked by umoci."""
    need("umoci")
    need_containers()
    run("umoci", "unpack", "--image", f"{layout[0]}:test", str(tmp_path / "bundle"))
    return tmp_path / "bundle"


def test_runc_runs_what_umoci_unpacks_read_only_and_not_as_root(bundle: Path) -> None:
    need("runc")
    path = bundle / "config.json"
    config = json.loads(path.read_bytes())
    assert config["process"]["user"]["uid"] == 1000
    config["process"]["terminal"] = False
    config["process"].pop("rlimits", None)
    config["root"]["readonly"] = True
    path.write_text(json.dumps(config))
    name = f"wisp-{os.getpid()}"
    words = ["runc", "run", "--bundle", str(bundle), name]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode and not done.stdout:
        skip_if_forbidden("runc", done.stderr)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"before\n{SAID}uid 1000 home False\n"


def test_owners_and_modes_are_those_of_an_image(bundle: Path) -> None:
    root = bundle / "rootfs"
    home, tmp = (root / "home" / "app").stat(), (root / "tmp").stat()
    assert (home.st_uid, home.st_gid) == (1000, 1000)
    assert tmp.st_mode & 0o7777 == 0o1777
    assert {path.lstat().st_uid for path in (root / "opt" / "conda").rglob("*")} == {0}


def test_an_image_of_another_processor_runs_under_qemu(forge: Forge, tmp_path: Path) -> None:
    need("umoci", "qemu-aarch64-static")
    wisp = CommandLine(make_home(tmp_path / "home", tmp_path / "cache"))
    words = ("image", "build", "-s", "greeter", "-c", forge.url, "-p", "linux-aarch64")
    made = wisp(*words, "-t", "x:test", "-o", "lay", "--json", cwd=tmp_path, timeout=600)
    skip_if_unreachable(made.stderr if made.code else "")
    assert json.loads(made.success().stdout)["images"][0]["platform"] == "linux/arm64"
    run("umoci", "unpack", "--rootless", "--image", "lay:test", "bundle", cwd=tmp_path)
    root = tmp_path / "bundle" / "rootfs"
    shell = str(root / "usr" / "bin" / "dash")
    out = run("qemu-aarch64-static", "-L", str(root), shell, "-c", "uname -m; echo $((6 * 7))")
    assert out.splitlines()[1] == "42"
    script = str(root / "opt" / "conda" / "bin" / "greeter")
    assert run("qemu-aarch64-static", "-L", str(root), shell, script)


def test_wisp_pushes_what_the_registry_lacks_and_skopeo_pulls_it(
    demo: Demo, registry: str, tmp_path: Path
) -> None:
    need("skopeo")
    words = ("--push", "-t", f"{registry}/team/demo:1", "-t", f"{registry}/team/demo:latest")
    first = demo.build(tmp_path / "x.tar", *words)
    (pushed,) = first["pushed"]
    assert pushed["uploaded"] == len(first["images"][0]["layers"]) + 1
    for tag in ("1", "latest"):
        name = f"docker://{registry}/team/demo:{tag}"
        found = json.loads(run("skopeo", "inspect", "--tls-verify=false", name))
        assert found["Digest"] == first["digest"]
    (demo.folder / "mine.py").write_text("WHO = 'changed code'\n")
    try:
        second = demo.build(tmp_path / "x.tar", *words)
    finally:
        (demo.folder / "mine.py").write_text("WHO = 'own code'\n")
    (pushed,) = second["pushed"]
    # The code's own layer and the configuration.
    assert pushed["uploaded"] == 2
    sizes = {row["kind"]: row["size"] for row in second["images"][0]["layers"]}
    assert pushed["bytes"] < sizes["code"] + 8192


def test_a_bill_of_materials_is_found_beside_the_image_in_a_registry(
    demo: Demo, registry: str, tmp_path: Path
) -> None:
    need("skopeo")
    name = f"{registry}/team/billed"
    words = ("--push", "-t", f"{name}:1", "--sbom")
    made = demo.build(tmp_path / "layout", *words, "cyclonedx")
    demo.build(tmp_path / "layout", *words, "spdx")
    # This registry keeps no list by itself: the standard's tag stands for it.
    tag = made["images"][0]["digest"].replace(":", "-")
    raw = ("skopeo", "inspect", "--raw", "--tls-verify=false")
    rows = json.loads(run(*raw, f"docker://{name}:{tag}"))["manifests"]
    assert [row["artifactType"] for row in rows] == [
        "application/vnd.cyclonedx+json",
        "application/spdx+json",
    ]
    assert rows[0]["digest"] == made["referrers"][0]["digest"]
    manifest = json.loads(run(*raw, f"docker://{name}@{rows[0]['digest']}"))
    assert manifest["subject"]["digest"] == made["images"][0]["digest"]
    blob = tmp_path / "layout" / "blobs" / "sha256" / manifest["layers"][0]["digest"][7:]
    parts = {one["name"]: one for one in json.loads(blob.read_bytes())["components"]}
    assert {"rich", "libc6", "libffi8"} <= parts.keys()
    assert parts["libc6"]["purl"].startswith("pkg:deb/debian/libc6@")
    assert parts["netbase"]["licenses"] == [{"license": {"id": "GPL-2.0-only"}}]
    found = json.loads(run("skopeo", "inspect", "--tls-verify=false", f"docker://{name}:1"))
    assert found["Digest"] == made["digest"]


def test_an_image_stands_on_one_of_a_registry(
    demo: Demo, layout: tuple[Path, str], registry: str, tmp_path: Path
) -> None:
    need("skopeo")
    name = f"{registry}/base/demo:1"
    run("skopeo", "copy", "--dest-tls-verify=false", f"oci:{layout[0]}:test", f"docker://{name}")
    before = (demo.folder / "image.lock").read_text()
    words = ("--base", name, "--push", "-t", f"{registry}/team/upon:1")
    try:
        made = demo.build(tmp_path / "x.tar", *words)
        assert layout[1] in (demo.folder / "image.lock").read_text()
        assert demo.build(tmp_path / "x.tar", *words, "--locked")["digest"] == made["digest"]
    finally:
        (demo.folder / "image.lock").write_text(before)
    layers = made["images"][0]["layers"]
    own = json.loads((layout[0] / "index.json").read_bytes())["manifests"][0]["digest"]
    manifest = layout[0] / "blobs" / "sha256" / own.removeprefix("sha256:")
    below = [row["digest"] for row in json.loads(manifest.read_bytes())["layers"]]
    assert [row["digest"] for row in layers[: len(below)]] == below
    (pushed,) = made["pushed"]
    assert pushed["mounted"] > 0
    found = json.loads(
        run("skopeo", "inspect", "--tls-verify=false", f"docker://{registry}/team/upon:1")
    )
    assert found["Digest"] == made["digest"]
