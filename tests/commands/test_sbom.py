"""`sbom`: bills of materials of locks, prefixes and images."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bills import cyclonedx_fault
from tests.commands.test_image import base_folder, document
from tests.sandbox import CommandLine
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.forked]


@pytest.fixture(scope="module")
def locked(lock_served: Callable[..., Path], forge: Forge, forge_address: str) -> Path:
    return lock_served(
        f"""[workspace]
name = "shop"
version = "1.2.0"
channels = ["http://me:canary@{forge_address}/main"]
platforms = ["linux-64", "linux-aarch64"]
[pypi-options]
index-url = "http://me:canary@{forge_address}/simple"
[dependencies]
python = "{forge.minor}.*"
greeter = "*"
[pypi-dependencies]
rich = "*"
"""
    )


@pytest.fixture
def workspace(tmp_path: Path, locked: Path, forge_server: Server) -> Path:
    return shutil.copytree(locked, tmp_path / "ws")


def bill(wisp: CommandLine, folder: Path, *words: str) -> tuple[str, dict[str, Any]]:
    text = wisp("sbom", *words, cwd=folder).success().stdout
    return text, json.loads(text)


def names(found: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one.get("version", "") for one in found["components"]}


def test_a_lock_has_a_bill_before_anything_is_installed(workspace: Path, wisp: CommandLine) -> None:
    text, found = bill(wisp, workspace)
    assert cyclonedx_fault(text) is None
    assert {"python", "greeter", "greeter-words", "rich", "pygments"} <= names(found).keys()
    assert "canary" not in text
    rich = next(one for one in found["components"] if one["name"] == "rich")
    assert rich["licenses"] == [{"license": {"id": "MIT"}}]
    assert not (workspace / ".pixi").exists()


def test_it_stays_the_same_when_the_environment_is_there(
    workspace: Path, wisp: CommandLine
) -> None:
    before = [bill(wisp, workspace, "--format", form)[0] for form in ("cyclonedx", "spdx")]
    wisp("install", cwd=workspace).success()
    after = [bill(wisp, workspace, "--format", form)[0] for form in ("cyclonedx", "spdx")]
    assert after == before
    wisp("sbom", "-o", "out/a.json", cwd=workspace).success()
    assert (workspace / "out" / "a.json").read_text() == before[0]


def test_what_lies_in_a_prefix_is_described_without_a_workspace(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    wisp("install", cwd=workspace).success()
    prefix = workspace / ".pixi" / "envs" / "default"
    text, found = bill(wisp, tmp_path, "--prefix", str(prefix))
    assert cyclonedx_fault(text) is None
    assert names(found) == names(bill(wisp, workspace)[1])
    assert "canary" not in text
    none = wisp("sbom", "--prefix", str(tmp_path), cwd=tmp_path)
    assert none.code == 2
    assert "no environment of conda" in none.stderr


def test_another_platform_has_a_bill_of_its_own(workspace: Path, wisp: CommandLine) -> None:
    text, found = bill(wisp, workspace, "--platform", "linux-aarch64")
    assert "subdir=linux-aarch64" in text
    assert "linux-64" not in text
    assert found["metadata"]["component"]["description"].endswith("on linux-aarch64")


def test_licences_are_listed_for_people_and_programs(workspace: Path, wisp: CommandLine) -> None:
    lines = wisp("sbom", "--licenses", cwd=workspace).success().stdout.splitlines()
    assert "MIT" in lines
    assert any(line.startswith("  greeter ") for line in lines[lines.index("MIT") :])
    rows = json.loads(wisp("sbom", "--licenses", "--json", cwd=workspace).success().stdout)
    assert {one["name"]: one["license"] for one in rows}["rich"] == "MIT"


def test_offline_the_licences_of_wheels_are_missed_in_words(
    workspace: Path, cold_wisp: CommandLine
) -> None:
    done = cold_wisp("sbom", "--frozen", "--offline", "--licenses", cwd=workspace).success()
    assert "licences of" in done.stderr
    assert "could not be read" in done.stderr
    assert "unknown" in done.stdout


def test_a_layout_carries_the_bill_of_its_image(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    base = base_folder(tmp_path / "base")
    words = ("image", "build", "--base", str(base), "--json", "--sbom", "cyclonedx")
    both = ("-p", "linux-64", "-p", "linux-aarch64")
    found = json.loads(wisp(*words, *both, "-o", "out", cwd=workspace).success().stdout)
    bare = json.loads(wisp(*words[:-2], *both, "-o", "bare", cwd=workspace).success().stdout)
    assert found["digest"] == bare["digest"]
    rows = json.loads((workspace / "out" / "index.json").read_text())["manifests"]
    attached = [one for one in rows if one.get("artifactType")]
    assert {one["digest"] for one in attached} == {one["digest"] for one in found["referrers"]}
    subjects = set()
    for row in attached:
        manifest = document(workspace / "out", row["digest"])
        assert manifest["artifactType"] == "application/vnd.cyclonedx+json"
        subjects.add(manifest["subject"]["digest"])
        content = document(workspace / "out", manifest["layers"][0]["digest"])
        assert content["bomFormat"] == "CycloneDX"
    assert subjects == {one["digest"] for one in found["images"]}
    archive = wisp(*words, "-o", "x.tar", cwd=workspace)
    assert archive.code == 2
    assert "no place for a bill" in archive.stderr
