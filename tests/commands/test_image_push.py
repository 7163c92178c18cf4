"""`image build --push`: where an image goes, and what a command line must not leave open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.registry import Registry
from tests.sandbox import CommandLine
from tools.forge.build import Forge

pytestmark = pytest.mark.forked


@pytest.fixture
def workspace(tmp_path: Path, wisp: CommandLine, forge: Forge) -> Path:
    folder = tmp_path / "ws"
    wisp("init", str(folder), "-c", forge.url, "-p", "linux-64", cwd=tmp_path).success()
    wisp("add", "--no-install", "greeter", cwd=folder).success()
    (folder / "base" / "lib").mkdir(parents=True)
    libc = folder / "base" / "lib" / "libc.so.6"
    libc.write_text("GNU C Library stable release version 2.36.\n")
    return folder


def test_an_image_goes_where_push_says(workspace: Path, wisp: CommandLine) -> None:
    with Registry() as registry:
        first, second = (f"{registry.address}/me/app:{tag}" for tag in ("1", "latest"))
        words = ("image", "build", "--base", "base", "--json", "--push", first, "--tag", second)
        made = json.loads(wisp(*words, cwd=workspace).success().stdout)
        content, _ = registry.manifests["me/app", made["digest"]]
        for tag in ("1", "latest"):
            assert registry.manifests["me/app", tag][0] == content
    assert sorted(made["tags"]) == [first, second]


def test_a_name_without_push_goes_nowhere(workspace: Path, wisp: CommandLine) -> None:
    words = ("image", "build", "--base", "base", "--output", "x.tar", "127.0.0.1:1/me/app")
    result = wisp(*words, cwd=workspace)
    assert result.code == 2
    assert "unexpected argument '127.0.0.1:1/me/app' found" in result.stderr
    assert "`--push` puts the image there" in result.stderr


def test_a_name_of_no_image_is_refused_before_anything_is_made(
    workspace: Path, wisp: CommandLine
) -> None:
    words = ("image", "build", "--base", "base", "--push", "No Such Name")
    result = wisp(*words, cwd=workspace)
    assert result.code == 1
    assert "No Such Name" in result.stderr
