"""The large channels: that they can be used, and have the sizes they promise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.forge.bazaar import bazaar
from tools.forge.crowd import MAZE_SIZE, crowd, maze
from tools.forge.serve import Server

RATTLE = Path(__file__).with_name("rattle.py")


def rattle(channel: Path, cache: Path, prefix: Path | str, spec: str) -> list[str]:
    command = [sys.executable, str(RATTLE), channel.as_uri(), "linux-64", str(cache), str(prefix)]
    done = subprocess.run([*command, spec], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_crowd_is_installed_in_full(tmp_path: Path) -> None:
    channel = crowd(tmp_path, packages=12, files=3)
    assert len(rattle(channel, tmp_path / "cache", tmp_path / "prefix", "crowd")) == 13
    assert len(list((tmp_path / "prefix/share").glob("crowd-*/*.txt"))) == 36


@pytest.mark.slow
def test_the_maze_has_an_answer_that_takes_older_versions(tmp_path: Path) -> None:
    found = rattle(maze(tmp_path), tmp_path / "cache", "", "maze")
    assert len(found) == MAZE_SIZE
    assert not all(line.endswith("1.49") for line in found)


def test_a_bazaar_resolves_to_the_newest_of_each_project(tmp_path: Path) -> None:
    folder = bazaar(tmp_path, projects=15)
    assert json.loads((folder / "simple/bazaar-003/index.json").read_text())["versions"] == [
        "1.0",
        "1.1",
        "2.0",
    ]
    with Server(folder) as server:
        command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "-", "-q"]
        command += ["--no-config", "--no-header", "--no-annotate", "--python", sys.executable]
        command += ["--index-url", f"{server.url}/simple", "--cache-dir", str(tmp_path / "uv")]
        done = subprocess.run(command, input=b"bazaar\n", capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.decode().split()
    assert len(lines) == 15
    assert all(line.endswith("==2.0") for line in lines if line != "bazaar==1.0")
