"""Images of real environments, looked at without an engine."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.kills import killed, moments, timed
from tests.repositories import git
from tests.sandbox import CommandLine
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.forked]

#: What an installation writes about itself, and of the machine it is on.
BOOKKEEPING = {
    "CACHEDIR.TAG",
    "conda-meta/history",
    "conda-meta/pixi",
    "conda-meta/pixi_env_prefix",
    "conda-meta/.pixi-environment-fingerprint",
}


def base_folder(folder: Path) -> Path:
    """A root file system as far as building looks at it."""
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "libc.so.6").write_text("GNU C Library stable release version 2.36.\n")
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return base_folder(tmp_path / "base")


@pytest.fixture(scope="module")
def locked(
    tmp_path_factory: pytest.TempPathFactory,
    lasting_wisp: CommandLine,
    forge: Forge,
    forge_port: int,
) -> Path:
    folder = tmp_path_factory.mktemp("image") / "ws"
    platforms = ("-p", "linux-64", "-p", "linux-aarch64")
    lasting_wisp("init", "ws", "-c", forge.url, *platforms, cwd=folder.parent).success()
    (folder / "app.py").write_text("import rich, sys\n")
    (folder / ".env").write_text("TOKEN=canary\n")
    with Server(forge.folder, forge_port) as server:
        manifest = folder / "pixi.toml"
        options = f'\n[pypi-options]\nindex-url = "{server.url}/simple"\n'
        manifest.write_text(manifest.read_text() + options)
        conda = (f"python={forge.minor}", "pytool", "activator")
        lasting_wisp("add", "--no-install", *conda, cwd=folder).success()
        lasting_wisp("add", "--no-install", "--pypi", "rich", cwd=folder).success()
    return folder


@pytest.fixture
def workspace(tmp_path: Path, locked: Path, forge_server: Server) -> Path:
    return shutil.copytree(locked, tmp_path / "ws")


def build(wisp: CommandLine, folder: Path, base: Path, output: Path, *words: str) -> dict[str, Any]:
    command = ("image", "build", "--base", str(base), "--output", str(output), "--json", *words)
    found: dict[str, Any] = json.loads(wisp(*command, cwd=folder).success().stdout)
    return found


def document(layout: Path, digest: str) -> dict[str, Any]:
    path = layout / "blobs" / "sha256" / digest.removeprefix("sha256:")
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def unpack(layout: Path, digest: str, into: Path) -> None:
    """Put the layers of an image on each other."""
    for layer in document(layout, digest)["layers"]:
        blob = layout / "blobs" / "sha256" / layer["digest"].removeprefix("sha256:")
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob.read_bytes()))) as archive:
            archive.extractall(into, filter="tar")


def content(root: Path) -> dict[str, tuple[bool, bytes]]:
    """Every file below a folder: whether it is a program, and its bytes or where it leads."""
    found = {}
    for parent, folders, names in os.walk(root):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in (*names, *links):
            path = Path(parent) / name
            key = path.relative_to(root).as_posix()
            if path.is_symlink():
                found[key] = (False, os.fsencode(path.readlink()))
            else:
                found[key] = (os.access(path, os.X_OK), path.read_bytes())
    return found


def test_the_prefix_is_what_an_installation_makes_at_that_place(
    workspace: Path, base: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    more = ("add", "--no-install", "-p", "linux-64", "prefixed", "linked")
    wisp(*more, cwd=workspace).success()
    prefix = workspace / ".pixi" / "envs" / "default"
    layout = tmp_path / "layout"
    made = build(wisp, workspace, base, layout, "--prefix", str(prefix), "--slim", "none")
    unpack(layout, made["digest"], tmp_path / "root")
    wisp("install", cwd=workspace).success()
    shutil.rmtree(prefix / "__pycache__", ignore_errors=True)
    own = content(tmp_path / "root" / prefix.relative_to("/"))
    real = content(prefix)
    for path in BOOKKEEPING:
        own.pop(path, None)
        real.pop(path, None)
    records = {path for path in real if path.startswith("conda-meta/")}
    stale = real.keys() - own.keys()
    assert own.keys() <= real.keys()
    # Compiled modules that Python would pass over are not taken along.
    assert stale <= {path for path in real if path.endswith(".pyc")}
    assert len(stale) < 5
    real = {path: row for path, row in real.items() if path not in stale}
    compiled = {path for path in real if path.endswith(".pyc")}
    different = {path for path in real if own[path] != real[path]}
    assert different <= records | compiled
    # Compiled modules differ in how they know their source, and in nothing else.
    assert all(own[path][1][16:] == real[path][1][16:] for path in compiled)
    for path in records:
        mine, other = json.loads(own[path][1]), json.loads(real[path][1])
        assert {key for key in other if mine.get(key) != other[key]} <= {
            "extracted_package_dir",
            "link",
        }


def test_a_build_depends_on_its_inputs_alone(
    workspace: Path, base: Path, wisp: CommandLine, cold_wisp: CommandLine, tmp_path: Path
) -> None:
    first = build(wisp, workspace, base, tmp_path / "one.tar")
    other = tmp_path / "elsewhere" / "deep"
    other.mkdir(parents=True)
    for name in ("pixi.toml", "pixi.lock", "app.py", ".gitignore", ".gitattributes"):
        shutil.copy(workspace / name, other / name)
        os.utime(other / name, (1, 1))
    second = build(cold_wisp, other, base, tmp_path / "two.tar")
    again = build(wisp, workspace, base, tmp_path / "three.tar")
    assert first["digest"] == second["digest"] == again["digest"]
    one, two = (tmp_path / "one.tar").read_bytes(), (tmp_path / "two.tar").read_bytes()
    assert one == two
    packages = [layer for layer in again["images"][0]["layers"] if layer["packages"]]
    assert packages
    assert all(layer["cached"] for layer in packages)


def test_an_image_tells_where_it_comes_from(
    workspace: Path, base: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    git(workspace, "init", "--quiet")
    git(workspace, "remote", "add", "origin", "https://me:canary@example.org/team/app.git")
    git(workspace, "commit", "--quiet", "--allow-empty", "--message", "first")
    made = build(wisp, workspace, base, tmp_path / "layout", "--annotation", "team=search")
    found = document(tmp_path / "layout", made["digest"])["annotations"]
    assert found["org.opencontainers.image.source"] == "https://example.org/team/app"
    assert found["org.opencontainers.image.revision"] == git(workspace, "rev-parse", "HEAD")
    assert found["org.opencontainers.image.title"] == "ws"
    assert found["team"] == "search"


def test_a_change_of_code_makes_one_layer_anew(
    workspace: Path, base: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    before = build(wisp, workspace, base, tmp_path / "one")["images"][0]["layers"]
    (workspace / "app.py").write_text("import rich\n")
    after = build(wisp, workspace, base, tmp_path / "one")["images"][0]["layers"]
    changed = [row["kind"] for row, old in zip(after, before, strict=True) if row != old]
    digests = {row["digest"] for row in after} - {row["digest"] for row in before}
    assert len(digests) == 1
    assert "code" in changed


def test_a_rebuild_loads_nothing_that_solves_links_or_asks_the_network(
    workspace: Path, base: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    task = ("task", "add", "serve", "python app.py && echo done")
    wisp(*task, cwd=workspace).success()
    build(wisp, workspace, base, tmp_path / "one", "--task", "serve")
    (workspace / "app.py").write_text("import rich\n")
    output = str(tmp_path / "one")
    words = ("image", "build", "--base", str(base), "--task", "serve", "--output", output)
    loaded = wisp.imported(*words, cwd=workspace)
    assert "tarfile" in loaded
    assert not loaded & {"rattler", "asyncio", "ssl", "http.client", "multiprocessing", "minijinja"}


def test_another_platform_gets_its_own_packages_and_nothing_runs_there(
    workspace: Path, base: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    wisp("add", "--no-install", "-p", "linux-aarch64", "numpy", cwd=workspace).success()
    layout = tmp_path / "layout"
    words = ("-p", "linux-64", "-p", "linux-aarch64")
    made = build(wisp, workspace, base, layout, *words)
    index = document(layout, made["digest"])
    found = {row["platform"]["architecture"]: row["digest"] for row in index["manifests"]}
    assert found.keys() == {"amd64", "arm64"}
    config = document(layout, document(layout, found["arm64"])["config"]["digest"])
    assert config["architecture"] == "arm64"
    unpack(layout, found["arm64"], tmp_path / "root")
    prefix = tmp_path / "root" / "opt" / "conda"
    tool = (prefix / "bin" / "pytool").read_text()
    assert tool.startswith("#!/opt/conda/bin/python")
    record = json.loads(next((prefix / "conda-meta").glob("numpy-*.json")).read_bytes())
    assert record["subdir"] == "linux-aarch64"
    assert list(prefix.glob("lib/python3*/site-packages/rich/__init__.py"))


def test_containers_start_as_the_settings_say(
    workspace: Path, base: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    manifest = workspace / "pixi.toml"
    settings = """
[tasks]
prepare = "echo preparing > /dev/null"
serve = { cmd = "python app.py --port {{ port }}", args = [{ arg = "port", default = "80" }], \
depends-on = ["prepare"] }

[tool.wisp.image]
task = "serve"
ports = [8080]
labels = { team = "search" }

[activation.env]
GREETING = "from $CONDA_PREFIX"
"""
    manifest.write_text(manifest.read_text().replace("[tasks]\n", "") + settings)
    layout = tmp_path / "layout"
    made = build(wisp, workspace, base, layout, "--label", "a=b", "--workdir", "/srv/app")
    config = document(layout, made["images"][0]["config"])["config"]
    env = dict(row.split("=", 1) for row in config["Env"])
    assert env["PATH"].startswith("/opt/conda/bin:")
    assert env["CONDA_PREFIX"] == "/opt/conda"
    assert env["PIXI_PROJECT_ROOT"] == "/srv/app"
    assert (config["User"], config["WorkingDir"]) == ("1000:1000", "/srv/app")
    assert config["ExposedPorts"] == {"8080/tcp": {}}
    assert config["Labels"] == {"team": "search", "a": "b"}
    unpack(layout, made["digest"], tmp_path / "root")
    script = (tmp_path / "root" / config["Cmd"][0].lstrip("/")).read_text()
    assert script.splitlines()[-1] == "exec python app.py --port 80"
    start = (tmp_path / "root" / config["Entrypoint"][0].lstrip("/")).read_text()
    assert ". /opt/conda/etc/conda/activate.d/activator.sh" in start
    # What stands after a script may depend on it.
    assert 'export GREETING="from $CONDA_PREFIX"' in start


def test_no_secret_and_no_lock_is_in_an_image(
    workspace: Path, base: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    made = build(wisp, workspace, base, tmp_path / "layout")
    unpack(tmp_path / "layout", made["digest"], tmp_path / "root")
    code = sorted(path.name for path in (tmp_path / "root" / "app").iterdir())
    assert code == [".gitattributes", ".gitignore", "app.py", "pixi.toml"]
    # Beyond the address of the local channel, nothing tells of this machine.
    folder = os.fsencode(wisp.home.cache)
    assert not [path for path, row in content(tmp_path / "root").items() if folder in row[1]]


def test_link_scripts_run_for_an_image_where_they_are_asked_to(
    base: Path, wisp: CommandLine, forge: Forge, tmp_path: Path
) -> None:
    wisp("init", "-c", forge.url, "-p", "linux-64", cwd=tmp_path).success()
    wisp("add", "--no-install", "scripted", cwd=tmp_path).success()
    words = ("image", "build", "--no-code", "--base", str(base), "--json", "--output")
    plain = wisp(*words, "plain", cwd=tmp_path).success()
    assert "link scripts have not run: scripted" in plain.stderr
    done = wisp(*words, "done", "--run-post-link-scripts", cwd=tmp_path)
    if "unshare:" in done.stderr:
        pytest.skip(f"nothing may be mounted here: {done.stderr}")
    made, before = json.loads(done.success().stdout), json.loads(plain.stdout)
    assert "link scripts" not in done.stderr
    layers, others = made["images"][0]["layers"], before["images"][0]["layers"]
    new = [row["digest"] for row in layers if row not in others and row["kind"] == "conda"]
    assert len(layers) == len(others) + 1
    unpack(tmp_path / "done", made["digest"], tmp_path / "root")
    found = tmp_path / "root" / "opt" / "conda" / "share" / "scripted.txt"
    assert found.read_text() == "linked\n"
    again = json.loads(
        wisp(*words, "again", "--run-post-link-scripts", cwd=tmp_path).success().stdout
    )
    assert again["digest"] == made["digest"]
    rows = again["images"][0]["layers"]
    assert all(row["cached"] for row in rows if row["digest"] in new)


def test_platforms_may_be_joined_by_commas(wisp: CommandLine, forge: Forge, tmp_path: Path) -> None:
    several = ("-s", "greeter", "-c", forge.url, "-p", "linux-64,linux-aarch64")
    shown = wisp("image", "plan", *several, cwd=tmp_path).success().stdout
    assert [line for line in shown.splitlines() if line[0] != " "] == [
        "linux-64: 2 layers of packages",
        "linux-aarch64: 2 layers of packages",
    ]
    refused = wisp("image", "build", *several, "--load", cwd=tmp_path)
    assert (refused.code, refused.stdout) == (2, "")
    assert "an engine takes an image of one platform" in refused.stderr


def test_packages_without_a_workspace_have_no_lock_to_speak_of(
    wisp: CommandLine, forge: Forge, tmp_path: Path
) -> None:
    words = ("image", "plan", "-s", "greeter", "-c", forge.url)
    done = wisp(*words, cwd=tmp_path, env={"PIXI_FROZEN": "true"}).success()
    assert done.stdout.startswith("linux-64: 2 layers")
    assert done.stderr == ""
    assert "cannot be used with '--locked'" in wisp(*words, "--locked", cwd=tmp_path).stderr


def test_a_base_too_old_for_the_lock_is_refused(
    workspace: Path, base: Path, wisp: CommandLine
) -> None:
    (base / "lib" / "libc.so.6").write_text("GNU C Library stable release version 2.17.\n")
    words = ("image", "build", "--base", str(base), "--output", "x.tar")
    result = wisp(*words, cwd=workspace)
    assert result.code == 1
    assert "has glibc 2.17, but packages of this environment may need 2.28" in result.stderr
    assert not (workspace / "x.tar").exists()


def test_a_task_that_sh_cannot_say_is_refused(
    workspace: Path, base: Path, wisp: CommandLine
) -> None:
    wisp("task", "add", "odd", "echo a && shopt -s nullglob", cwd=workspace).success()
    words = ("image", "build", "--base", str(base), "--output", "x.tar", "--task", "odd")
    result = wisp(*words, cwd=workspace)
    assert result.code == 1
    assert "the task 'odd' cannot be the command of an image" in result.stderr
    assert "shopt -s nullglob" in result.stderr


def test_local_packages_are_plain_ones_in_an_image(
    workspace: Path, base: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    (workspace / "lib" / "own").mkdir(parents=True)
    (workspace / "lib" / "own" / "__init__.py").write_text("VALUE = 1\n")
    (workspace / "lib" / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "own"\nversion = "1.0"\n'
    )
    manifest = workspace / "pixi.toml"
    own = 'own = { path = "./lib", editable = true }\n'
    text = manifest.read_text().replace("[pypi-dependencies]\n", f"[pypi-dependencies]\n{own}")
    manifest.write_text(text.replace("index-url", "# index-url"))
    made = build(wisp, workspace, base, tmp_path / "layout")
    layers = made["images"][0]["layers"]
    assert [row["packages"] for row in layers if row["packages"]][-1] == ["own 1.0"]
    unpack(tmp_path / "layout", made["digest"], tmp_path / "root")
    (site,) = (tmp_path / "root" / "opt" / "conda").glob("lib/python3*/site-packages")
    assert (site / "own" / "__init__.py").read_text() == "VALUE = 1\n"
    info = site / "own-1.0.dist-info"
    assert not (info / "direct_url.json").exists()
    assert "direct_url" not in (info / "RECORD").read_text()


def test_credentials_of_channels_are_in_no_layer(
    tmp_path: Path, base: Path, wisp: CommandLine, forge_server: Server
) -> None:
    address = forge_server.url.replace("://", "://somebody:canary@")
    folder = tmp_path / "secret"
    wisp("init", str(folder), "-c", f"{address}/main", "-p", "linux-64", cwd=tmp_path).success()
    wisp("add", "--no-install", "greeter", cwd=folder).success()
    assert "canary" in (folder / "pixi.toml").read_text()
    made = build(wisp, folder, base, tmp_path / "layout")
    unpack(tmp_path / "layout", made["digest"], tmp_path / "root")
    found = content(tmp_path / "root")
    assert b"greeter" in found["app/pixi.toml"][1]
    assert [path for path, row in found.items() if b"canary" in row[1]] == []
    texts = [path for path in (tmp_path / "layout").rglob("*") if path.is_file()]
    assert [path for path in texts if b"canary" in path.read_bytes()] == []


@pytest.mark.alone
def test_builds_killed_at_any_moment_leave_no_wrong_image(
    workspace: Path, base: Path, wisp: CommandLine, cold_wisp: CommandLine, tmp_path: Path
) -> None:
    lasts = timed(lambda: build(wisp, workspace, base, tmp_path / "whole.tar"))
    whole = (tmp_path / "whole.tar").read_bytes()
    images = cold_wisp.home.cache / "wisp-images"
    words = ("image", "build", "--base", str(base), "--output", str(tmp_path / "x.tar"))
    hit = 0
    for index, after in enumerate(moments(7, lasts, last=1.3)):
        if index % 2:  # the other rounds go on from what a killed build left
            shutil.rmtree(images, ignore_errors=True)
        process = cold_wisp.start(*words, cwd=workspace, group=True)
        hit += killed(process, after, "group")
        if (tmp_path / "x.tar").exists():
            assert (tmp_path / "x.tar").read_bytes() == whole
    assert hit
    build(cold_wisp, workspace, base, tmp_path / "x.tar")
    assert sorted(path.name for path in images.iterdir()) == ["blobs", "judged", "layers"]
    assert (tmp_path / "x.tar").read_bytes() == whole
