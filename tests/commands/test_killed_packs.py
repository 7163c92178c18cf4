"""Packing and unpacking killed at random moments: there is a whole thing, or none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.commands.test_killed import kill
from tests.kills import moments, timed
from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = [pytest.mark.slow, pytest.mark.alone]


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    folder = tmp_path / "ws"
    wisp("init", str(folder), "-c", forge.url, "-p", "linux-64", cwd=tmp_path).success()
    wisp("add", "--no-install", "greeter", "prefixed", "numpy", cwd=folder).success()
    return folder


@pytest.mark.parametrize("form", ["pack", "prefix"])
def test_a_killed_pack_leaves_the_old_file_or_none(
    form: str, workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("pack", "--format", form, "-o", str(out / "it"))
    duration = timed(lambda: wisp(*words, cwd=workspace).success())
    whole = (out / "it").read_bytes()
    (out / "it").unlink()
    for moment in moments(7, duration):
        kill(wisp, words, workspace, moment, "group")
        assert not (out / "it").exists() or (out / "it").read_bytes() == whole
    wisp(*words, cwd=workspace).success()
    assert os.listdir(out) == ["it"]
    assert (out / "it").read_bytes() == whole


def test_a_killed_unpacking_leaves_a_whole_environment_or_none(
    workspace: Path, wisp: CommandLine, tmp_path: Path
) -> None:
    wisp("pack", cwd=workspace).success()
    out = tmp_path / "out"
    words = ("unpack", "environment.tar", "-o", str(out))
    duration = timed(lambda: wisp(*words, cwd=workspace).success())
    whole = len(list((out / "env").rglob("*")))
    for moment in moments(8, duration):
        shutil.rmtree(out / "env", ignore_errors=True)
        kill(wisp, words, workspace, moment, "group")
        assert not (out / "env").exists() or len(list((out / "env").rglob("*"))) == whole
    shutil.rmtree(out / "env", ignore_errors=True)
    wisp(*words, cwd=workspace).success()
    assert sorted(os.listdir(out)) == ["activate.sh", "env"]
