"""`image dockerfile`, without Docker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.forked

WORDS = ("image", "dockerfile")


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    folder = tmp_path / "ws"
    wisp("init", str(folder), "-c", forge.url, "-p", "linux-64", cwd=tmp_path).success()
    wisp("add", "--no-install", "greeter", cwd=folder).success()
    return folder


def test_both_files_are_written_and_stay_the_same(workspace: Path, wisp: CommandLine) -> None:
    assert "Wrote Dockerfile and .dockerignore" in wisp(*WORDS, cwd=workspace).success().stderr
    text = (workspace / "Dockerfile").read_text()
    assert text.startswith("FROM python:3.13-slim-trixie AS build\n")
    assert "FROM debian:trixie-slim\n" in text
    assert "**/.env\n" in (workspace / ".dockerignore").read_text()
    wisp(*WORDS, cwd=workspace).success()
    assert (workspace / "Dockerfile").read_text() == text


def test_a_file_of_the_user_is_replaced_only_by_force(workspace: Path, wisp: CommandLine) -> None:
    for name in ("Dockerfile", ".dockerignore"):
        (workspace / name).write_text("mine\n")
    refused = wisp(*WORDS, cwd=workspace)
    assert refused.code == 1
    assert "exists" in refused.stderr
    assert "--force" in refused.stderr
    (workspace / "Dockerfile").unlink()
    kept = wisp(*WORDS, cwd=workspace).success()
    assert ".dockerignore is there and stays as it is" in kept.stderr
    assert (workspace / ".dockerignore").read_text() == "mine\n"
    wisp(*WORDS, "--force", cwd=workspace).success()
    assert (workspace / ".dockerignore").read_text() != "mine\n"


def test_it_can_be_looked_at_first(workspace: Path, wisp: CommandLine) -> None:
    words = (*WORDS, "--stdout", "--cache-mounts", "--builder", "team/wisp:1", "--port", "80")
    out = wisp(*words, cwd=workspace).success().stdout
    assert out.startswith("# syntax=docker/dockerfile:1\nFROM team/wisp:1 AS build\n")
    assert "\nEXPOSE 80/tcp\n" in out
    assert not (workspace / "Dockerfile").exists()


def test_what_docker_could_not_see_is_refused(workspace: Path, wisp: CommandLine) -> None:
    (workspace / "rootfs").mkdir()
    base = wisp(*WORDS, "--base", "rootfs", cwd=workspace)
    assert base.code == 2
    assert "lies on this disk" in base.stderr
    outside = workspace.parent / "outside"
    outside.mkdir()
    (outside / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "outside"\nversion = "1"\n'
    )
    manifest = workspace / "pixi.toml"
    text = '\n[pypi-dependencies]\noutside = { path = "../outside" }\n'
    manifest.write_text(manifest.read_text() + text)
    wisp("add", "--no-install", "python", cwd=workspace).success()
    package = wisp(*WORDS, cwd=workspace)
    assert package.code == 2
    assert "`outside` lies outside the workspace, at `../outside`" in package.stderr


def test_what_activation_sources_is_there_before_it(workspace: Path, wisp: CommandLine) -> None:
    (workspace / "activate.sh").write_text("export A=1\n")
    manifest = workspace / "pixi.toml"
    manifest.write_text(manifest.read_text() + '\n[activation]\nscripts = ["activate.sh"]\n')
    lines = wisp(*WORDS, "--stdout", cwd=workspace).success().stdout.splitlines()
    hook = next(at for at, line in enumerate(lines) if "shell-hook" in line)
    assert lines.index("COPY activate.sh activate.sh") < hook
