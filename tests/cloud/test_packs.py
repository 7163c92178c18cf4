"""Packs beside the real pixi-pack, and on disks that are full or may only be read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cloud.needs import need, need_root
from tests.sandbox import CommandLine
from tools.forge.build import Forge
from tools.forge.serve import Server

SAYS = "import rich, sys; print(sys.prefix)"


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge, forge_server: Server) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f"""[workspace]
name = "travels"
channels = ["{forge_server.url}/main"]
platforms = ["linux-64"]
[pypi-options]
index-url = "{forge_server.url}/simple"
[dependencies]
python = "{forge.minor}.*"
greeter = "*"
activator = "*"
prefixed = "*"
legacy = "*"
[pypi-dependencies]
rich = "*"
"""
    )
    wisp("lock", cwd=folder).success()
    return folder


def run(*command: str, cwd: Path) -> str:
    environ = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, env=environ, timeout=300
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def activated(folder: Path) -> None:
    """All that was packed works where it was unpacked."""
    text = f". ./activate.sh; greeter; prefixed; cat env/share/legacy.txt; python -c '{SAYS}'"
    lines = run("bash", "-c", text, cwd=folder).splitlines()
    assert lines[1:] == [f"{folder}/env/share", "in the older format", f"{folder}/env"]


def test_pixi_unpack_takes_what_wisp_packs(workspace: Path, wisp: CommandLine) -> None:
    need("pixi-unpack")
    wisp("pack", cwd=workspace).success()
    run("pixi-unpack", "-o", "theirs", "environment.tar", cwd=workspace)
    activated(workspace / "theirs")


def test_wisp_unpacks_what_pixi_pack_packs(workspace: Path, wisp: CommandLine) -> None:
    need("pixi-pack")
    run("pixi-pack", "--output-file", "theirs.tar", str(workspace), cwd=workspace)
    wisp("unpack", "theirs.tar", "-o", "ours", cwd=workspace).success()
    activated(workspace / "ours")


def test_both_pack_the_same_packages(workspace: Path, wisp: CommandLine) -> None:
    need("pixi-pack")
    run("pixi-pack", "--output-file", "theirs.tar", str(workspace), cwd=workspace)
    wisp("pack", "-o", "ours.tar", cwd=workspace).success()
    lists = [
        sorted(run("tar", "-tf", f"{who}.tar", cwd=workspace).replace("/\n", "\n").split())
        for who in ("theirs", "ours")
    ]
    assert lists[0] == lists[1]


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    run("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder), cwd=folder)
    try:
        yield folder
    finally:
        run("umount", str(folder), cwd=folder.parent)


@pytest.mark.parametrize("options", ["size=12M", "size=1M,ro"])
def test_a_disk_that_takes_nothing_is_told_and_left_clean(
    options: str, workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    need("mount")
    need_root()
    wisp("pack", cwd=workspace).success()
    wisp("pack", "--create-executable", cwd=workspace).success()
    with mounted(tmp_path / "disk", options) as disk:
        for words in (
            ("unpack", "environment.tar", "-o", str(disk)),
            ("pack", "-o", str(disk / "x.tar")),
            ("pack", "--format", "prefix", "-o", str(disk / "x.tar.gz")),
        ):
            done = wisp(*words, cwd=workspace)
            assert done.code == 1, words
            assert "No space left" in done.stderr or "Read-only" in done.stderr
            assert list(disk.iterdir()) == [], words
        script = subprocess.run(
            [workspace / "environment.sh", "-o", disk], capture_output=True, text=True, check=False
        )
        assert script.returncode == 1
        assert list(disk.iterdir()) == []
