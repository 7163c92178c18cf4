"""Images for machines with a GPU, made on one without, and bases by their names."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_image import document, unpack
from tests.registry import Registry
from tests.sandbox import CommandLine
from tests.unit.image.test_layout import AMD64
from tools.forge.build import Forge
from wisp.engine.http import HttpClient
from wisp.engine.registry.session import RegistrySession
from wisp.image.build import PlatformImage, image_blobs
from wisp.image.documents import RunConfig, StackedLayer, config_document, manifest_document
from wisp.image.entries import text_file, with_parents
from wisp.image.layer import write_layer
from wisp.image.layout import BlobStore
from wisp.image.push import push
from wisp.specs.settings import Network

pytestmark = pytest.mark.forked

LIBC = "GNU C Library stable release version 2.39.\n"
GPU = {"NVIDIA_VISIBLE_DEVICES": "all", "NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    folder = tmp_path / "ws"
    wisp("init", str(folder), "-c", forge.url, "-p", "linux-64", cwd=tmp_path).success()
    manifest = folder / "pixi.toml"
    platforms = '["linux-64", { name = "gpu", platform = "linux-64", cuda = "12" }]'
    text = manifest.read_text().replace('["linux-64"]', platforms)
    manifest.write_text(text.replace("[dependencies]\n", '[dependencies]\naccelerated = "*"\n'))
    wisp("lock", cwd=folder).success()
    return folder


def put_base(registry: Registry, folder: Path, repository: str, **env: str) -> str:
    """Put an image that has a C library into a registry; return its name there."""
    store = BlobStore(folder)
    with store.draft() as draft:
        blob = write_layer(with_parents([text_file("lib/libc.so.6", LIBC)]), draft, time=0)
        store.keep(draft, blob.descriptor)
    stacked = [StackedLayer(blob=blob, comment="x")]
    config = config_document(RunConfig(env=env), stacked, AMD64, time=0)
    made = PlatformImage(
        platform=AMD64,
        manifest=manifest_document(config, stacked, AMD64),
        config=config,
        layers=(blob.descriptor,),
        reports=(),
    )
    session = RegistrySession(HttpClient(Network(), {}), registry.address)
    push(session, repository, ["12"], image_blobs([made]), store)
    return f"{registry.address}/{repository}:12"


def build(wisp: CommandLine, folder: Path, output: Path, *words: str) -> dict[str, Any]:
    command = ("image", "build", "--no-code", "--output", str(output), "--json", *words)
    made = json.loads(wisp(*command, cwd=folder).success().stdout)
    config: dict[str, Any] = document(output, made["images"][0]["config"])["config"]
    unpack(output, made["digest"], output.with_suffix(".root"))
    kind = output.with_suffix(".root") / "opt/conda/share/accelerated/kind.txt"
    env = dict(row.split("=", 1) for row in config["Env"])
    return {"kind": kind.read_text().strip(), "env": env, "digest": made["digest"]}


def test_one_lock_gives_an_image_for_a_gpu_and_one_without(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    lock = (workspace / "pixi.lock").read_bytes()
    with Registry() as registry:
        base = put_base(registry, tmp_path / "store", "corp/cuda")
        words = ("--base", "cuda-12", "--named-base", f"cuda-12={base}", "--frozen")
        # What the name stands for is not known yet.
        refused = wisp("image", "build", "--output", "x.tar", *words, cwd=workspace)
        assert refused.code == 1
        assert "`image.lock` does not say what" in refused.stderr
        gpu = build(wisp, workspace, tmp_path / "gpu", *words[:-1], "--platform", "gpu")
        cpu = build(wisp, workspace, tmp_path / "cpu", "--base", base, "--platform", "linux-64")
        locked = (workspace / "image.lock").read_text()
        again = build(wisp, workspace, tmp_path / "again", *words, "--platform", "gpu")
    assert (gpu["kind"], cpu["kind"]) == ("cuda12", "cpu")
    assert {key: gpu["env"].get(key) for key in GPU} == GPU
    # The name promises more of the driver than the platform does.
    assert gpu["env"]["NVIDIA_REQUIRE_CUDA"] == "cuda>=12.9"
    assert not [name for name in cpu["env"] if name.startswith("NVIDIA")]
    assert f'reference = "{base}"' in locked
    assert again["digest"] == gpu["digest"]
    assert (workspace / "pixi.lock").read_bytes() == lock


def test_what_a_base_says_of_gpus_stays(workspace: Path, wisp: CommandLine, tmp_path: Path) -> None:
    said = {"NVIDIA_REQUIRE_CUDA": "cuda>=12.6 brand=tesla", "NVIDIA_VISIBLE_DEVICES": "all"}
    with Registry() as registry:
        base = put_base(registry, tmp_path / "store", "corp/cuda", **said)
        words = ("--base", "mine", "--named-base", f"mine={base}", "--platform", "gpu")
        env = build(wisp, workspace, tmp_path / "gpu", *words)["env"]
    assert {key: env[key] for key in said} == said
    assert env["NVIDIA_REQUIRE_WORKSPACE"] == "cuda>=12.0"
    assert env["NVIDIA_DRIVER_CAPABILITIES"] == "compute,utility"


def test_two_images_for_the_same_machines_do_not_go_under_one_name(
    workspace: Path, wisp: CommandLine
) -> None:
    words = ("image", "build", "-p", "linux-64", "-p", "gpu", "--output", "x.tar")
    result = wisp(*words, "--base", "cuda-12", cwd=workspace)
    assert result.code == 2
    assert "'linux-64' and 'gpu' are both for linux-64" in result.stderr


def test_a_dockerfile_pretends_the_driver(workspace: Path, wisp: CommandLine) -> None:
    words = ("image", "dockerfile", "--stdout", "--base", "cuda-12.8-runtime", "--platform", "gpu")
    lines = wisp(*words, cwd=workspace).success().stdout.splitlines()
    assert "FROM docker.io/nvidia/cuda:12.8.1-runtime-ubuntu24.04" in lines
    assert 'ENV CONDA_OVERRIDE_CUDA="12"' in lines
    assert lines.index('ENV CONDA_OVERRIDE_CUDA="12"') < lines.index("WORKDIR /app")


def test_a_base_with_a_layer_that_leads_out_is_refused(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "rootfs.tar"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("lib")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
        archive.addfile(tarfile.TarInfo("lib/libc.so.6"))
    words = ("image", "build", "--base", str(path), "--output", "x.tar")
    result = wisp(*words, cwd=workspace)
    assert result.code == 1
    assert "lies below the link `lib` of the same layer" in result.stderr
    assert not (workspace / "x.tar").exists()
